"""How names of communes are compared, and what a search makes of what somebody typed."""

import pytest

from urssaf.intake.commune_names import Search, search_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Saint-Étienne", "st etienne"),
        ("SAINTE-FOY-LÈS-LYON", "ste foy lyon"),
        ("L'Haÿ-les-Roses", "hay roses"),
        ("L’Isle-d’Abeau", "isle d abeau"),
        ("Œuilly", "oeuilly"),
        ("Paris 15e Arrondissement", "paris 15"),
        ("Lyon 1er Arrondissement", "lyon 1"),
        ("Le", "le"),
        ("Les Saintes-Maries", "saintes maries"),
        ("", ""),
    ],
)
def test_names_are_compared_without_what_people_vary(name, key):
    assert search_key(name) == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [("st etienne", "Saint-Étienne"), ("hay les roses", "L'Haÿ-les-Roses"), ("PARIS 15ème", "Paris 15e Arrondissement")]
    + [("Lyon 1ER arr.", "Lyon 1er Arrondissement"), ("lyon 01er", "Lyon 1er Arrondissement")],
)
def test_what_is_typed_whole_is_the_name(typed, key):
    assert Search.of(typed).key == search_key(key)


@pytest.mark.parametrize("typed", ["", "  ", "%", "'", "()", "-&|!:*"])
def test_nothing_to_search_by(typed):
    assert Search.of(typed) is None


@pytest.mark.parametrize(
    ("typed", "tsquery", "beginnings"),
    [
        ("Lyo", "(lyo:*)", ("lyo%",)),
        ("fonten bois", "(fonten:*) & (bois:*)", ("fonten bois%",)),
        # Saint is stored as st: what may become one finds both, and st whole is no beginning of Strasbourg.
        ("s", "(s:*)", ("s%",)),
        ("sai", "(sai:* | st | ste)", ("sai%", "st %", "ste %")),
        ("saint", "(st | ste)", ("st %", "ste %")),
        ("sainte", "(ste)", ("ste %",)),
        ("st", "(st:*)", ("st%",)),
        ("saint den", "(st:*) & (den:*)", ("st den%",)),
        ("lyon 08", "(lyon:*) & (08:* | 8)", ("lyon 08%",)),
        ("08", "(08:*)", ("08%",)),
        ("la", "(la:*)", ("la%",)),
        ("x:*|!y", "(x:*) & (y:*)", ("x y%",)),
    ],
)
def test_the_query_of_what_is_begun(typed, tsquery, beginnings):
    search = Search.of(typed)
    assert (search.tsquery, search.beginnings) == (tsquery, beginnings)


@pytest.mark.parametrize(
    ("typed", "by_zip"), [("75015", True), ("7501", True), ("lyon 69003", True), ("lyon 3", False)]
)
def test_a_postal_code_is_noticed(typed, by_zip):
    assert Search.of(typed).by_zip is by_zip
