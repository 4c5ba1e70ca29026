"""The words of French addresses: spellings of street types, and the short forms of the postal rules (NF Z10-011).

All keys are folded: without accents, in small letters.
"""

# Code of the type (docs/api.md §6) -> how people write it. A building is a complement, never a type of ours.
_STREETS = {
    "ALL": "allee allees alee all",
    "AV": "avenue avenues av ave aven",
    "BD": "boulevard boulevards boul bd bld blvd blv bvd boulv",
    "CHE": "chemin chemins chem chm che ch",
    "FG": "faubourg faub fbg fg",
    "IMP": "impasse imp",
    "MTE": "montee mtee mte",
    "PAS": "passage pass psg pas",
    "PL": "place pl plc",
    "Q": "quai quais",
    "R": "rue rues r",
    "RTE": "route routes rte rt",
    "SEN": "sentier sent",
    "SQ": "square sq",
    "VO": "voie",
}
# These name a group of dwellings: beside a street they are a complement or a locality.
_GROUPS = {
    "CI": "cite",
    "CL": "clos",
    "HAM": "hameau ham",
    "LOT": "lotissement lotiss lot",
    "PAR": "parc",
    "RES": "residence residences resid res",
}


def _by_spelling(table: dict[str, str]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in words.split()}


STREET_SPELLINGS = _by_spelling(_STREETS)
GROUP_SPELLINGS = _by_spelling(_GROUPS)
# Without a number before them these are read as types only with a full stop behind.
AMBIGUOUS_SPELLINGS = frozenset({"all", "ch", "pas", "pl", "r", "rt", "sent"})
# What may be misspelt, and the words that only look like a misspelling.
WHOLE_WORDS = [word for word in STREET_SPELLINGS | GROUP_SPELLINGS if len(word) > 3 or word == "rue"]
FALSE_FRIENDS = frozenset(
    "arcs cale chameau cheminee close clot cols enclos entier monte palace passe passes plage quart rameau roue rude "
    "sente vallee valle voile voix".split()
)
# Streets whose type has no code that both known lists give (docs/api.md §6).
TYPES_WITHOUT_CODE = (
    "carrefour chaussee corniche cours? drailles? esplanade galerie levee mail parvis promenade rampe rond-?point "
    "ruelle sente servitude terrasse traboule traverse venelle via"
).split()

LINKS = frozenset("a au aux d de des du en et l la le les sur".split())

ABBREVIATIONS = {
    "abbe": "abb",
    "adjudant": "adj",
    "allee": "all",
    "allees": "all",
    "amiral": "aml",
    "ancien": "anc",
    "ancienne": "anc",
    "anciennes": "anc",
    "anciens": "anc",
    "appartement": "apt",
    "avenue": "av",
    "bataillon": "btn",
    "batiment": "bât",
    "boulevard": "bd",
    "capitaine": "cne",
    "cardinal": "cdl",
    "chanoine": "chn",
    "chapelle": "chap",
    "chateau": "chât",
    "chaussee": "chs",
    "chemin": "che",
    "colonel": "col",
    "commandant": "cdt",
    "communal": "comm",
    "communale": "comm",
    "departemental": "dép",
    "departementale": "dép",
    "deuxieme": "2e",
    "division": "div",
    "docteur": "dr",
    "entree": "ent",
    "escalier": "esc",
    "esplanade": "esp",
    "faubourg": "fg",
    "general": "gal",
    "grand": "gd",
    "grande": "gde",
    "grandes": "gdes",
    "grands": "gds",
    "hameau": "ham",
    "haut": "ht",
    "haute": "hte",
    "immeuble": "imm",
    "impasse": "imp",
    "ingenieur": "ing",
    "lieutenant": "lt",
    "logement": "logt",
    "lotissement": "lot",
    "madame": "mme",
    "mademoiselle": "mlle",
    "marechal": "mal",
    "monseigneur": "mgr",
    "monsieur": "m",
    "national": "nat",
    "nationale": "nat",
    "nouveau": "nouv",
    "nouvelle": "nouv",
    "passage": "pas",
    "pasteur": "past",
    "petit": "pt",
    "petite": "pte",
    "petites": "ptes",
    "petits": "pts",
    "place": "pl",
    "premier": "1er",
    "premiere": "1ère",
    "president": "pdt",
    "professeur": "pr",
    "promenade": "prom",
    "quartier": "quart",
    "regiment": "rgt",
    "republique": "rép",
    "residence": "rés",
    "residences": "rés",
    "route": "rte",
    "saint": "st",
    "sainte": "ste",
    "saintes": "stes",
    "saints": "sts",
    "sergent": "sgt",
    "square": "sq",
    "troisieme": "3e",
    "vieille": "vle",
    "vieux": "vx",
}

FIRST_NAMES = frozenset(
    "adolphe albert alexandre alexis alfred alphonse andre anatole anne antoine antonin aristide arthur auguste "
    "benoit bernard berthe camille catherine cecile charles charlotte christian christophe claude clement colette "
    "daniel david denis edgar edmond edouard elisabeth elsa emile emmanuel ernest etienne eugene felix ferdinand "
    "fernand francis francois francoise franklin frederic gabriel gaston georges gerard germaine gilbert guillaume guy "
    "gustave helene henri henry hippolyte honore hubert irene isaac jacques jean jeanne jerome joachim joseph jules "
    "julien juliette laurent leon leonard leopold louis louise lucie lucien madeleine marc marcel marguerite "
    "marie marthe martin maurice maxime michel nicolas octave olympe paul philippe pierre raoul raymond rene robert "
    "roger rosa salvador sebastien simone stephane suzanne theodore theophile therese thomas ulysse victor vincent "
    "william yves".split()
)
