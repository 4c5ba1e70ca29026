"""Lists of values that a message may carry (docs/api.md §6). Labels are Urssaf's own, in French."""

from dataclasses import dataclass

TITLES = ("1", "2")  # Monsieur, Madame
UNITS = ("HEURE", "FORFAIT")
LETTERS = {"B": "bis", "T": "ter", "Q": "quater", "C": "quinquies"}
FRANCE = "99100"


@dataclass(frozen=True)
class Nature:
    """What a service is. Only an ``eligible`` one can be advanced."""

    code: str
    label: str
    eligible: bool = True


_NATURES = (
    Nature("10", "Garde d'enfant handicapé"),
    Nature("20", "Accompagnement d'enfant handicapé"),
    Nature("30", "Aide humaine"),
    Nature("40", "Conduite du véhicule personnel"),
    Nature("50", "Accompagnement pour les sorties"),
    Nature("60", "Ménage - repassage"),
    Nature("70", "Jardinage"),
    Nature("80", "Petit bricolage"),
    Nature("90", "Garde d'enfant + 6 ans"),
    Nature("100", "Soutien scolaire (et cours à domicile)"),
    Nature("110", "Coiffure - esthétique"),
    Nature("120", "Préparation de repas"),
    Nature("130", "Livraison de repas"),
    Nature("140", "Collecte et livraison de linge"),
    Nature("150", "Livraison de courses"),
    Nature("160", "Assistance informatique"),
    Nature("170", "Soins et promenades d'animaux"),
    Nature("180", "Gardiennage"),
    Nature("190", "Assistance administrative"),
    Nature("200", "Accompagnement d'enfant + 6 ans"),
    Nature("210", "Téléassistance"),
    Nature("220", "Interprétariat et codage"),
    Nature("230", "Conduite du véhicule personnel - temporaire"),
    Nature("240", "Accompagnement pour les sorties - temporaire"),
    Nature("250", "Aide humaine - temporaire"),
    Nature("260", "Plateforme de coordination"),
    Nature("270", "Divers - non éligible", eligible=False),
)
NATURES = {nature.code: nature for nature in _NATURES}


# Two lists of street types are known, and they disagree (docs/api.md §6). These 21 have the same label in both.
STREET_TYPES = {
    "ALL": "Allée",
    "AV": "Avenue",
    "BAT": "Bâtiment",
    "BD": "Boulevard",
    "CI": "Cité",
    "CL": "Clos",
    "FG": "Faubourg",
    "HAM": "Hameau",
    "IMP": "Impasse",
    "LOT": "Lotissement",
    "MTE": "Montée",
    "PAR": "Parc",
    "PAS": "Passage",
    "PL": "Place",
    "Q": "Quai",
    "R": "Rue",
    "RES": "Résidence",
    "RTE": "Route",
    "SEN": "Sentier",
    "SQ": "Square",
    "VO": "Voie",
}

# These are in one list only, or differ. Where they differ we follow the abbreviations of the national address files:
# CHE is Chemin (Cheminement in one list), CRS is Cours (C is Cours in one list and Carrefour in the other).
DISPUTED_STREET_TYPES = {
    "CAN": "Canal",
    "CHE": "Chemin",
    "CHS": "Chaussée",
    "COG": "Cottage",
    "COR": "Corniche",
    "CRS": "Cours",
    "DOM": "Domaine",
    "ESP": "Esplanade",
    "GR": "Grande Rue",
    "IMB": "Immeuble",
    "LD": "Lieu-dit",
    "MAI": "Maison",
    "PAV": "Pavillon",
    "POR": "Porte",
    "PRO": "Promenade",
    "QU": "Quartier",
    "RAM": "Rampe",
    "RUL": "Ruelle",
    "TRA": "Traverse",
    "VIA": "Via",
}

# Those that we write: both lists have the code, and a wrong label could not lead the post astray.
WRITTEN_STREET_TYPES = dict(sorted({**STREET_TYPES, "CHE": "Chemin"}.items()))

# Known to one list, but not written by us, since the other gives them another meaning, or none.
FOREIGN_STREET_TYPES = frozenset({"C", "CH"})


def is_street_type(code: str) -> bool:
    """Say whether either list has this code."""
    return code in STREET_TYPES or code in DISPUTED_STREET_TYPES or code in FOREIGN_STREET_TYPES
