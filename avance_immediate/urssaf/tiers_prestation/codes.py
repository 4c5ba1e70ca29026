"""Urssaf's codes and what each means, as data (docs/api.md §3 to §5). An unknown one is neutral, never an error.

What people read of them is not here: the client needs no words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

# ---------------------------------------------------------------------------------------------------------------------
# Statuses of a client (docs/api.md §3)
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClientStatus:
    """A status of a client, beside what ``etat`` says: "OK" alone allows payment requests.

    :param blocks: Urssaf takes nothing for this client until they have settled something
    """

    blocks: bool = False


CLIENT_STATUSES = {
    "APPAREILLAGE_EC": ClientStatus(),
    "APPAREILLAGE_VALIDE": ClientStatus(),
    "APPAREILLAGE_NF": ClientStatus(),
    "PARTICULIER_BLOQUE": ClientStatus(blocks=True),
    "MANDAT_ECHU": ClientStatus(blocks=True),
}


def client_status(code: str) -> ClientStatus:
    """Give what is known of the status of a client."""
    return CLIENT_STATUSES.get(code) or ClientStatus()


# ---------------------------------------------------------------------------------------------------------------------
# Statuses of a payment request (docs/api.md §4)
# ---------------------------------------------------------------------------------------------------------------------

#: Urssaf is to debit the client and to pay, as far as anybody knows.
AWAITED = "awaited"
#: The client's bank refused the debit.
UNPAID = "unpaid"
#: Urssaf announces its payout.
PAID = "paid"
#: Urssaf does not collect, or takes back: the client may owe the provider.
NOT_COLLECTED = "not_collected"


@dataclass(frozen=True)
class RequestStatus:
    """A status of a payment request.

    :param label: Urssaf's own, in French
    :param money: what it means for the money: ``AWAITED``, ``UNPAID``, ``PAID`` or ``NOT_COLLECTED``
    :param state: that of a request which has it, before any payout: ``sent``, or where ``NOT_COLLECTED`` ``refused``,
        ``cancelled``, or ``to_settle`` where it is disputed what the status means in money: a person decides
    :param is_usual: it belongs to the way of most requests; another one is shown to a person
    :param is_validated: a request comes here only once the client, or 48 hours of silence, has validated it
    """

    label: str = ""
    money: str = AWAITED
    state: str = "sent"
    is_usual: bool = False
    is_validated: bool = False


REQUEST_STATUSES = {
    "10": RequestStatus("Intégrée", is_usual=True),
    "15": RequestStatus("Aides calculées", is_usual=True),
    "20": RequestStatus("En attente de validation", is_usual=True),
    "30": RequestStatus("Validée", is_usual=True, is_validated=True),
    "40": RequestStatus("Refusée", NOT_COLLECTED, "refused"),
    "50": RequestStatus("Prélevée", is_usual=True, is_validated=True),
    "60": RequestStatus("En refus de prélèvement", UNPAID, is_usual=True, is_validated=True),
    "70": RequestStatus("Payée", PAID, is_usual=True, is_validated=True),
    "80": RequestStatus("En attente d'échanges"),
    "90": RequestStatus("Clôturée"),
    "100": RequestStatus("Supprimée"),
    "110": RequestStatus("Annulée", NOT_COLLECTED, "cancelled"),
    "111": RequestStatus("Annulée après impayé", NOT_COLLECTED, "cancelled"),
    "112": RequestStatus("Annulée après recouvrement", NOT_COLLECTED, "to_settle"),
    "113": RequestStatus("Annulée raison spécifique", NOT_COLLECTED, "cancelled"),
    "120": RequestStatus("Recouvrée", NOT_COLLECTED, "to_settle"),
    "260": RequestStatus("Impayé prestataire", NOT_COLLECTED, "to_settle"),
    "270": RequestStatus("Régularisé prestataire", NOT_COLLECTED, "to_settle"),
}


def request_status(code: str) -> RequestStatus:
    """Give what is known of the status of a payment request."""
    return REQUEST_STATUSES.get(code) or RequestStatus()


def is_paid(code: str) -> bool:
    """Tell whether Urssaf announces its payout by this status of a request."""
    return request_status(code).money == PAID


def request_statuses(*money: str, is_validated: bool = False) -> tuple[str, ...]:
    """Give the known codes that mean one of ``money``; with ``is_validated``, of requests that were validated alone."""
    return tuple(
        code
        for code, status in REQUEST_STATUSES.items()
        if status.money in money and (status.is_validated or not is_validated)
    )


def may_follow_payment(code: str) -> bool:
    """Tell whether Urssaf may have paid before it says this, although nobody has seen it say so."""
    status = request_status(code)
    return status.money in (UNPAID, NOT_COLLECTED) or not status.is_usual


# ---------------------------------------------------------------------------------------------------------------------
# Why a payment request was refused or cancelled, infoRejet.code (docs/api.md §4)
# ---------------------------------------------------------------------------------------------------------------------

REFUSALS = frozenset(
    """
    REGUL_MNT_FACT REGUL_NB_QTE_FACT REGUL_PRESTA_FACT REGUL_AUTRE
    CONTEST_ERR_FACT CONTEST_FACT_REGLEE CONTEST_AUTRE
    ANNUL_DBL ANNUL_ERR_MNT ANNUL_ERR_TECH ANNUL_AUTRE
    """.split()
)

# ---------------------------------------------------------------------------------------------------------------------
# Error codes (docs/api.md §5)
# ---------------------------------------------------------------------------------------------------------------------

_NOT_TAKEN = frozenset(
    """
    ERR_DGFIP_R2P_INCONNU ERR_DGFIP_IMPOTPART_INCONNU ERR_ECV_PARTICULIERS_EXISTENT
    ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE ERR_DATE_NAISSANCE_FUTUR
    ERR_LIEU_NAISSANCE_OBLIGATOIRE ERREUR_LIEU_NAISSANCE_OBLIGATOIRE ERREUR_LIEU_NAISSANCE_DEPT
    ERREUR_LIEU_NAISSANCE_DEPT_FORMAT ERR_LIEU_NAISSANCE_COMN ERREUR_LIEU_NAISSANCE_PAYS
    ERREUR_LIEU_NAISSANCE_INVALIDE
    ERR_CONTACT ERR_CONTACT_ADRESSE_TYPE_VOIE ERR_CONTACT_ADRESSE_TYPEVOIE ERR_CONTACT_ADRESSE_LIBELLEVOIE
    ERR_CONTACT_ADRESSE_LETTRE_VOIE ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE ERR_CONTACT_ADRESSE_COMMUNE
    ERR_COORDONNEES_BANCAIRES ERR_APPEL_BACB ERREUR_VALIDATION ERR_RECHERCHE_PARTICULIER
    ERR_COMPTE_BLOQUE ERR_LIEN_TIERS_PRESTATION_PARTICULIER
    ERR_PARTICULIER_INCONNU ERR_PRESTATAIRE_EMETTEUR_INCONNU ERR_PRESTATAIRE_FACTURATION_INCONNU
    ERR_DATE_FUTUR ERR_DATE_PAIEMENT_AVANT_EXP ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE ERR_DATE_FIN_AVANT_DATE_DEB
    ERR_MONTANT_ACOMPTE ERR_ACOMPTE_BLOQUE ERR_TOTAL_PRESTATIONS ERR_MNT_PREST_TTC ERR_MNT_PREST_HT_TVA
    ERR_FORMAT_VALEUR ERR_VALEUR_NEGATIVE ERR_CODE_NATURE ERR_CODE_ACTIVITE ERR_CODE_ACTIVITE_NATURE
    ERR_NBRE_PREST_MAX ERR_FORMAT_NUMINTERVENANT ERR_NUMINTERVENANT_MANQUANT
    ERR_LIEN_PARTICULIER_PRESTATAIRE ERR_CMPT_BLOQUE ERR_MANDAT_ECHU ERR_NUMINTERVENANT_BLOQUE
    ERREUR_GARANTIE_FINANCIERE_NON_CONFORME
    ERR_CRITERE_RECHERCHE_VIDE ERR_NBRE_MAX_RESULTAT ERR_RECHERCHE_VIDE
    """.split()
)
#: Urssaf may hold what was sent in spite of such an error: linked already, used already, or a fault on its side.
MAY_BE_HELD = frozenset("ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE ERR_FACTURE_DOUBLON ERREUR_TECHNIQUE".split())
ERRORS = _NOT_TAKEN | MAY_BE_HELD


def may_be_held(codes: Iterable[str]) -> bool:
    """Tell whether Urssaf may hold what was sent in spite of these errors: look it up before anything else."""
    return not MAY_BE_HELD.isdisjoint(codes)
