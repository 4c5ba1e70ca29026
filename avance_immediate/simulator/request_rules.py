"""What refuses one payment request: the rules of docs/api.md §2.3 and §7 with the codes of §5, as §9 reads them."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .clock import parse_instant
from .codes import NATURE_NOT_ELIGIBLE, NATURES, error
from .contract import field_name

CENT = Decimal("0.01")
SCHEME_BEGINS = date(2022, 1, 1)
UNKNOWN_BILLING_ID = "INCONNU"
BLOCKED_INTERVENERS = ("SAP000000000", "SIR00000000000000")

_INVOICE_AMOUNTS = ("mntFactureTTC", "mntFactureHT", "mntAcompte")
_LINE_NUMBERS = ("quantite", "mntUnitaireTTC", "mntPrestationTTC", "mntPrestationHT", "mntPrestationTVA")


def to_decimal(number):
    """Return a JSON number (int or Decimal) as a Decimal."""
    return Decimal(number)


def request_errors(request, index, provider, client, now, strict_decimals):
    """Return all that refuses a payment request of the right shape, except its number.

    :param dict request: an `InputDemandePaiement`, numbers as int or Decimal in euros
    :param int index: its place in the array, for the names of fields
    :param provider: row of the provider: ``known``, ``deposits``, ``guarantee``
    :param client: row of the person joined with its link to the provider, or None
    :param datetime now: aware, the simulator's present
    :param bool strict_decimals: refuse the third decimal of a unit price
    :return: list of `Erreur`
    """
    root = f"inputDemandePaiements[{index}]"
    found = _provider_errors(request, provider)
    found += _client_errors(request, client)
    found += _period_errors(request, root, now)
    found += _deposit_errors(request, provider, root)
    found += _number_errors(request, _INVOICE_AMOUNTS, root)
    for position, line in enumerate(request["inputPrestations"]):
        found += _line_errors(line, field_name(root, ("inputPrestations", position)), now, strict_decimals)
    total = sum(to_decimal(line["mntPrestationTTC"]) for line in request["inputPrestations"])
    if total != to_decimal(request["mntFactureTTC"]):
        found.append(error("ERR_TOTAL_PRESTATIONS", f"{root}.mntFactureTTC"))
    return found


def _provider_errors(request, provider):
    found = []
    if not provider["known"]:
        found.append(error("ERR_PRESTATAIRE_EMETTEUR_INCONNU"))
    if request["idTiersFacturation"] == UNKNOWN_BILLING_ID:
        found.append(error("ERR_PRESTATAIRE_FACTURATION_INCONNU", "idTiersFacturation"))
    return found


def _client_errors(request, client):
    """Errors of who is to be debited: known, paired before the service, neither blocked nor without mandate."""
    if client is None or client["birth_date"] != request["dateNaissanceClient"][:10]:
        return [error("ERR_PARTICULIER_INCONNU", "idClient, dateNaissanceClient")]
    if client["state"] != "APPAREILLAGE_VALIDE":
        return [error("ERR_LIEN_PARTICULIER_PRESTATAIRE", "idClient")]
    found = []
    activated = parse_instant(client["activated_at"])
    if parse_instant(request["dateDebutEmploi"]) < activated:
        found.append(error("ERR_LIEN_PARTICULIER_PRESTATAIRE", "dateDebutEmploi"))
    if parse_instant(request["dateFacture"]).date() < activated.date():
        found.append(error("ERR_LIEN_PARTICULIER_PRESTATAIRE", "dateFacture"))
    if client["blocked"]:
        found.append(error("ERR_CMPT_BLOQUE", "idClient"))
    if client["mandate_expired"]:
        found.append(error("ERR_MANDAT_ECHU", "idClient"))
    return found


def _period_errors(holder, where, now):
    """Errors of the pair `dateDebutEmploi`, `dateFinEmploi` of an invoice."""
    start, end = parse_instant(holder["dateDebutEmploi"]), parse_instant(holder["dateFinEmploi"])
    found = []
    if end < start:
        found.append(error("ERR_DATE_FIN_AVANT_DATE_DEB", f"{where}.dateFinEmploi"))
    if max(start, end) > now:
        found.append(error("ERR_DATE_FUTUR", f"{where}.dateFinEmploi"))
    if (start.year, start.month) != (end.year, end.month):
        found.append(error("ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE", f"{where}.dateFinEmploi"))
    return found


def _deposit_errors(request, provider, root):
    """Errors of what was paid before: at most half of the invoice (euros), by providers who may (docs/api.md §7)."""
    deposit = to_decimal(request.get("mntAcompte", 0))
    paid_on = request.get("dateVersementAcompte")
    found = []
    if paid_on and parse_instant(paid_on).date() < SCHEME_BEGINS:
        found.append(error("ERR_DATE_PAIEMENT_AVANT_EXP", f"{root}.dateVersementAcompte"))
    if deposit <= 0:
        return found
    if not paid_on:
        found.append(error("ERREUR_VALIDATION", f"{root}.dateVersementAcompte : required"))
    if deposit * 2 > to_decimal(request["mntFactureTTC"]):
        found.append(error("ERR_MONTANT_ACOMPTE", f"{root}.mntAcompte"))
    if not provider["deposits"]:
        found.append(error("ERR_ACOMPTE_BLOQUE", f"{root}.mntAcompte"))
    if not provider["guarantee"]:
        found.append(error("ERREUR_GARANTIE_FINANCIERE_NON_CONFORME", f"{root}.mntAcompte"))
    return found


def _number_errors(holder, names, where, third_decimal=()):
    """Errors of numbers below zero, or with more decimals than two; those of ``third_decimal`` may have three."""
    found = []
    for name in names:
        number = to_decimal(holder.get(name, 0))
        if number < 0:
            found.append(error("ERR_VALEUR_NEGATIVE", f"{where}.{name}"))
        step = CENT / 10 if name in third_decimal else CENT
        if number % step:
            found.append(error("ERR_FORMAT_VALEUR", f"{where}.{name}"))
    return found


def _line_errors(line, where, now, strict_decimals):
    """Errors of one line of the invoice; products are compared to the cent, rounded half up (docs/api.md §7)."""
    found = _number_errors(line, _LINE_NUMBERS, where, () if strict_decimals else ("mntUnitaireTTC",))
    found += _nature_errors(line, where)
    found += _intervener_errors(line, where)
    total = to_decimal(line["mntPrestationTTC"])
    product = to_decimal(line["quantite"]) * to_decimal(line["mntUnitaireTTC"])
    if product.quantize(CENT, ROUND_HALF_UP) != total:
        found.append(error("ERR_MNT_PREST_TTC", f"{where}.mntPrestationTTC"))
    if to_decimal(line["mntPrestationHT"]) + to_decimal(line["mntPrestationTVA"]) != total:
        found.append(error("ERR_MNT_PREST_HT_TVA", f"{where}.mntPrestationTVA"))
    start, end = line.get("dateDebutEmploi"), line.get("dateFinEmploi")
    if start and end and parse_instant(end) < parse_instant(start):
        found.append(error("ERR_DATE_FIN_AVANT_DATE_DEB", f"{where}.dateFinEmploi"))
    if any(parse_instant(moment) > now for moment in (start, end) if moment):
        found.append(error("ERR_DATE_FUTUR", f"{where}.dateFinEmploi"))
    return found


def _nature_errors(line, where):
    """Errors of the code of the service, and of that of the activity, which begins with it (docs/api.md §6)."""
    nature = str(line["codeNature"])
    if nature not in NATURES or nature == NATURE_NOT_ELIGIBLE:
        return [error("ERR_CODE_NATURE", f"{where}.codeNature")]
    activity = line.get("codeActivite")
    if not activity:
        return []
    match = re.fullmatch(r"([0-9]+)A[0-9]{3}", activity)
    if not match:
        return [error("ERR_CODE_ACTIVITE", f"{where}.codeActivite")]
    return [] if match.group(1) == nature else [error("ERR_CODE_ACTIVITE_NATURE", f"{where}.codeActivite")]


def _intervener_errors(line, where):
    """Errors of who did the work: a SAP number, or a SIRET after ``SIR``, in ``complement2`` (docs/api.md §2.3)."""
    intervener = line.get("complement2")
    if not intervener:
        return [error("ERR_NUMINTERVENANT_MANQUANT", f"{where}.complement2")]
    if not re.fullmatch(r"SAP[0-9]{9}|SIR[0-9]{14}", intervener):
        return [error("ERR_FORMAT_NUMINTERVENANT", f"{where}.complement2")]
    if intervener in BLOCKED_INTERVENERS:
        return [error("ERR_NUMINTERVENANT_BLOQUE", f"{where}.complement2")]
    return []
