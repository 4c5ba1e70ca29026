"""What tells the parts of a French address apart. All patterns are for folded text: small letters, no accents."""

import re

from .address_words import STREET_SPELLINGS, TYPES_WITHOUT_CODE

# Signs that mean the same.
SIGNS = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "«": " ", "»": " ", '"': " "})
REPETITION = r"(?:bis|ter|quater|quinquies)(?!\w)"
TYPE_NAMES = "|".join(sorted((word for word in STREET_SPELLINGS if len(word) > 2), key=len, reverse=True))
# "N7" is a road.
NUMBER_SIGN = r"(?:n°\s*|no\.?\s*(?=\d)|n(?:um)?(?:\.\s*|\s+)|numero\s+)"
NUMBER = re.compile(
    rf"(?:{NUMBER_SIGN}|au\s+)?(?P<first>[0-9]{{1,5}})"
    rf"(?:(?=(?:{TYPE_NAMES}|av|bd)\b)"
    rf"|(?P<more>\s*-?\s*(?P<repetition>{REPETITION}))?"
    rf"(?P<extra>(?:\s*(?:[-/&,;+]|\ba\b|\bet\b)\s*[0-9]{{1,5}}\s*(?:{REPETITION}|[a-qs-z](?![\w'.]))?(?!\w))+"
    r"|\s*-?\s*[a-qs-z](?![\w'.]))?(?!\w))\s*[.,:]?\s*"
)
TYPE = re.compile(r"(?P<word>[a-z]+)(?P<stop>\.?)(?:\s+|(?<=\.))(?=\S)")

# What names a dwelling within a building, or the building; the shorter ones only before a number or a letter.
ID = r"\s*(?:n°\s*|no\s+)?(?:[a-z]{1,2}\d{0,4}|\d{1,5}[a-z]?)(?![\w'])"
FLOOR = r"\d{1,2} ?(?:er|ere|e|eme|nd|nde|°|o)|premier|deuxieme|second|troisieme|quatrieme|dernier"
UNIT = (
    rf"(?:appartements?|appart|appt|apt|app|batiments?|bat|bt|escalier|esc|etage|porte|entree|hall|bloc|tour|villa|"
    rf"studio|chambre|logement|logt|lot|boite(?: aux lettres)?|bte|bal)\.?{ID}"
    r"|porte (?:droite|gauche)\b"
    rf"|(?:{FLOOR}) (?:etage|et\.|droite|gauche|face)(?!\w)|\d{{1,2}} etage(?!\w)"
    r"|rdc\b|rez[- ]de[- ]chaussee\b|digicode\b|interphone\b|chez\s|c/o\s"
    r"|(?:residences?|resid|res\.|immeuble|imm\.|batiment|appartement)\s"
)
LOCALITY = (
    r"b\.?p\.? ?\d+\b|c\.?s\.? ?\d+\b|tsa ?\d+\b|cidex ?\d+\b|z\.?a\.?(?:c\.?)?\s|z\.?i\.?\s"
    r"|zone (?:artisanale|industrielle|commerciale|d'activites?)\b|lieu[- ]?dit\b|l\.?d\.?\s"
)
# Where one of them begins within a line; "rue de la Porte", "place de la Tour" go on.
MARK = re.compile(
    rf"(?<!\bde)(?<!\bdu)(?<!\bdes)(?<!\bla)(?<!\ble)(?<!\bles)(?<!\bet)(?<!\bsur)(?<!\ba)(?<!\baux)"
    rf"\s(?={UNIT}|{LOCALITY})"
)
UNIT_START = re.compile(rf"(?:{UNIT}|(?:appartement|appt?|bat|res|villa|tour|studio|immeuble|boite|entree|hall)\b)")
LOCALITY_START = re.compile(
    rf"{LOCALITY}|(?:le|la|les)\s|l'|pk\s|(?:hameau|ham\.|quartier|section|village|ferme|mas|moulin|chateau)\b"
)
LOCALITY_WORD = re.compile(r"(?:lieu[- ]?dit|l\.?d\.?)\s*:?\s+", re.IGNORECASE)
WITHOUT_CODE = re.compile(
    rf"(?:{'|'.join(TYPES_WITHOUT_CODE)})\s|(?:(?:grande?|petite?|vieille|vieux|anciens?|ancienne|nouvelle|haute|basse)"
    r"['\s]\s?|\d+ ?(?:er|ere|e|eme)\s)(?:rue|route|chemin|avenue|boulevard|allee|place|voie)\b"
)
# A number behind the name of the street, which a day, a year or the number of a road is not.
BEHIND = re.compile(
    rf"\s+{NUMBER_SIGN}\d+\s*(?:bis|ter|quater)?$|"
    r"(?<!nationale)(?<!departementale)(?<!communale)(?<!rurale)(?<!route)"
    r"(?<!chemin)(?<!\bpk)(?<!\bkm)(?<!\brn)(?<!\brd)\s+\d{1,3}\s*(?:bis|ter|quater)?$"
)
UNIT_WORD_END = re.compile(
    r"(?:^|\s)(?:appartement|appt?|apt|batiment|bat|porte|escalier|esc|etage|entree|boite|lot|villa|studio|chambre|pk|"
    r"bp|cs|tsa|n°)\.?$"
)
# A floor that has its number already.
FLOOR_END = re.compile(rf"(?:{FLOOR}|\d{{1,2}}) etage$")
# One lot of a housing estate; "lot. Le Clos" is the estate.
LOT_NUMBER = re.compile(rf"lot\.?(?!\s*(?:le|la|du|de)\b){ID}")
