"""Urssaf's codes, as data (docs/api.md §3 to §6). An unknown code gives a neutral entry, never an error.

Labels are Urssaf's own, in French.
"""

from dataclasses import dataclass

# ---------------------------------------------------------------------------------------------------------------------
# Statuses of a client (docs/api.md §3)
# ---------------------------------------------------------------------------------------------------------------------

CLIENT_STATUSES = ("APPAREILLAGE_EC", "APPAREILLAGE_VALIDE", "APPAREILLAGE_NF", "PARTICULIER_BLOQUE", "MANDAT_ECHU")


# ---------------------------------------------------------------------------------------------------------------------
# Statuses of a payment request (docs/api.md §4)
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestStatus:
    """A status of a payment request.

    :param stage: ``waiting``, ``refused``, ``unpaid``, ``paid``, ``cancelled``, ``recovered``, ``provider_unpaid``,
        ``provider_settled``, or ``unknown`` where nobody knows what it means for the money
    :param final: true where nothing follows; false as well where that is not sure
    """

    code: str
    label: str
    stage: str
    final: bool = False


_REQUEST_STATUSES = (
    RequestStatus("10", "Intégrée", "waiting"),
    RequestStatus("15", "Aides calculées", "waiting"),
    RequestStatus("20", "En attente de validation", "waiting"),
    RequestStatus("30", "Validée", "waiting"),
    RequestStatus("40", "Refusée", "refused", final=True),
    RequestStatus("50", "Prélevée", "waiting"),
    RequestStatus("60", "En refus de prélèvement", "unpaid"),
    RequestStatus("70", "Payée", "paid"),
    RequestStatus("80", "En attente d'échanges", "unknown"),
    RequestStatus("90", "Clôturée", "unknown"),
    RequestStatus("100", "Supprimée", "unknown"),
    RequestStatus("110", "Annulée", "cancelled", final=True),
    RequestStatus("111", "Annulée après impayé", "cancelled", final=True),
    RequestStatus("112", "Annulée après recouvrement", "cancelled", final=True),
    RequestStatus("113", "Annulée raison spécifique", "cancelled", final=True),
    RequestStatus("120", "Recouvrée", "recovered", final=True),
    RequestStatus("260", "Impayé prestataire", "provider_unpaid"),
    RequestStatus("270", "Régularisé prestataire", "provider_settled", final=True),
)
REQUEST_STATUSES = {status.code: status for status in _REQUEST_STATUSES}


def request_status(code: str) -> RequestStatus:
    """Give what is known of a status."""
    return REQUEST_STATUSES.get(code) or RequestStatus(code, "", "unknown")


# ---------------------------------------------------------------------------------------------------------------------
# Why a payment request was refused or cancelled, infoRejet.code (docs/api.md §4)
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """A reason. ``category`` is ``correction``, ``contest``, ``cancellation`` or ``unknown``."""

    code: str
    category: str


_REFUSALS = (
    Refusal("REGUL_MNT_FACT", "correction"),
    Refusal("REGUL_NB_QTE_FACT", "correction"),
    Refusal("REGUL_PRESTA_FACT", "correction"),
    Refusal("REGUL_AUTRE", "correction"),
    Refusal("CONTEST_ERR_FACT", "contest"),
    Refusal("CONTEST_FACT_REGLEE", "contest"),
    Refusal("CONTEST_AUTRE", "contest"),
    Refusal("ANNUL_DBL", "cancellation"),
    Refusal("ANNUL_ERR_MNT", "cancellation"),
    Refusal("ANNUL_ERR_TECH", "cancellation"),
    Refusal("ANNUL_AUTRE", "cancellation"),
)
REFUSALS = {refusal.code: refusal for refusal in _REFUSALS}


def refusal(code: str) -> Refusal:
    """Give what is known of a reason."""
    return REFUSALS.get(code) or Refusal(code, "unknown")


# ---------------------------------------------------------------------------------------------------------------------
# Error codes (docs/api.md §5)
# ---------------------------------------------------------------------------------------------------------------------

MEND, WAIT, LOOK_UP = "mend", "wait", "look_up"


@dataclass(frozen=True)
class ErrorCode:
    """An error code of Urssaf.

    :param kind: ``registration``, ``request``, ``search``, ``technical`` or ``unknown``
    :param remedy: ``mend`` (what was sent must change), ``wait`` (the same may go again once someone has acted or time
        has passed), ``look_up`` (Urssaf may already hold it: look it up before anything else)
    """

    code: str
    kind: str
    remedy: str = MEND


def _entries(kind: str, remedy: str, codes: str) -> dict[str, ErrorCode]:
    return {code: ErrorCode(code, kind, remedy) for code in codes.split()}


ERRORS: dict[str, ErrorCode] = {
    **_entries(
        "registration",
        MEND,
        """
        ERR_DGFIP_R2P_INCONNU ERR_DGFIP_IMPOTPART_INCONNU ERR_ECV_PARTICULIERS_EXISTENT
        ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE ERR_DATE_NAISSANCE_FUTUR
        ERR_LIEU_NAISSANCE_OBLIGATOIRE ERREUR_LIEU_NAISSANCE_OBLIGATOIRE ERREUR_LIEU_NAISSANCE_DEPT
        ERREUR_LIEU_NAISSANCE_DEPT_FORMAT ERR_LIEU_NAISSANCE_COMN ERREUR_LIEU_NAISSANCE_PAYS
        ERREUR_LIEU_NAISSANCE_INVALIDE
        ERR_CONTACT ERR_CONTACT_ADRESSE_TYPE_VOIE ERR_CONTACT_ADRESSE_TYPEVOIE ERR_CONTACT_ADRESSE_LIBELLEVOIE
        ERR_CONTACT_ADRESSE_LETTRE_VOIE ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE ERR_CONTACT_ADRESSE_COMMUNE
        ERR_COORDONNEES_BANCAIRES ERR_APPEL_BACB ERREUR_VALIDATION ERR_RECHERCHE_PARTICULIER
        """,
    ),
    **_entries("registration", WAIT, "ERR_COMPTE_BLOQUE ERR_LIEN_TIERS_PRESTATION_PARTICULIER"),
    **_entries("registration", LOOK_UP, "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE"),
    **_entries(
        "request",
        MEND,
        """
        ERR_PARTICULIER_INCONNU ERR_PRESTATAIRE_EMETTEUR_INCONNU ERR_PRESTATAIRE_FACTURATION_INCONNU
        ERR_DATE_FUTUR ERR_DATE_PAIEMENT_AVANT_EXP ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE ERR_DATE_FIN_AVANT_DATE_DEB
        ERR_MONTANT_ACOMPTE ERR_ACOMPTE_BLOQUE ERR_TOTAL_PRESTATIONS ERR_MNT_PREST_TTC ERR_MNT_PREST_HT_TVA
        ERR_FORMAT_VALEUR ERR_VALEUR_NEGATIVE ERR_CODE_NATURE ERR_CODE_ACTIVITE ERR_CODE_ACTIVITE_NATURE
        ERR_NBRE_PREST_MAX ERR_FORMAT_NUMINTERVENANT ERR_NUMINTERVENANT_MANQUANT
        """,
    ),
    **_entries(
        "request",
        WAIT,
        """
        ERR_LIEN_PARTICULIER_PRESTATAIRE ERR_CMPT_BLOQUE ERR_MANDAT_ECHU ERR_NUMINTERVENANT_BLOQUE
        ERREUR_GARANTIE_FINANCIERE_NON_CONFORME
        """,
    ),
    **_entries("request", LOOK_UP, "ERR_FACTURE_DOUBLON"),
    **_entries("search", MEND, "ERR_CRITERE_RECHERCHE_VIDE ERR_NBRE_MAX_RESULTAT ERR_RECHERCHE_VIDE"),
    **_entries("technical", LOOK_UP, "ERREUR_TECHNIQUE"),
}


def error_code(code: str) -> ErrorCode:
    """Give what is known of an error code."""
    return ERRORS.get(code) or ErrorCode(code, "unknown")
