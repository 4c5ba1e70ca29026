"""The README of each addon, and the little of Markdown that its fragments use."""

import pytest

from scripts import paths, readme


@pytest.mark.parametrize(
    ("markdown", "rst"),
    [
        ("Type `-u`, *then* **wait**.", "Type ``-u``, *then* **wait**."),
        ("## Of the day", "Of the day\n----------"),
        ("See [the page](https://example.com/a).", "See `the page <https://example.com/a>`__."),
        ("A literal `[x](y)` stays.", "A literal ``[x](y)`` stays."),
        ("1. One\n   and more\n2. Two", "1. One\n   and more\n2. Two"),
    ],
)
def test_markdown(markdown, rst):
    assert readme.as_rst(markdown) == rst


def addon(folder, **fragments):
    (folder / "readme").mkdir()
    (folder / "__manifest__.py").write_text('{"name": "Économies", "license": "AGPL-3"}', encoding="utf-8")
    for name, text in fragments.items():
        (folder / "readme" / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def test_sections_are_in_order_of_oca(tmp_path):
    text = readme.of_addon(addon(tmp_path, USAGE="Use it.", DESCRIPTION="What it is.", HISTORY="## 1.0\n\n- New."))
    wanted = ["Économies", "What it is.", "Usage", "Use it.", "Changelog", "1.0", "License"]
    assert [line for line in text.splitlines() if line in wanted] == wanted


def test_what_is_no_restructuredtext_is_refused(tmp_path):
    with pytest.raises(ValueError, match="start-string without end-string"):
        readme.of_addon(addon(tmp_path, DESCRIPTION="Some `code"))


def test_unknown_fragment_is_refused(tmp_path):
    with pytest.raises(ValueError, match="NEWS"):
        readme.of_addon(addon(tmp_path, NEWS="x"))


@pytest.mark.parametrize(
    "manifest", sorted(paths.CHECKOUT.glob("*/__manifest__.py")), ids=lambda file: file.parent.name
)
def test_nobody_claims_oca_as_author(manifest):
    text = readme.of_addon(manifest.parent)
    assert "OCA" not in manifest.read_text(encoding="utf-8").split('"depends"')[0].split('"author"')[1]
    assert "maintained by the OCA" not in text and "Odoo Community Association" not in text
