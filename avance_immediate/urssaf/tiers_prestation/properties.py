"""What may be shown of this API's messages (docs/api.md §2); of a client's comment nothing."""

import re

from ..http.forms import looks_like_id, looks_like_number
from ..http.properties import Properties

_NATURE = re.compile(r"[0-9]{1,3}")
_ACTIVITY = re.compile(r"[0-9]{1,3}A[0-9]{3}")
_WORKER = re.compile(r"SAP[0-9]{9}|SIR[0-9]{14}")
_ACTIVATION = re.compile(r"(?<![0-9])[0-9]{2}/[0-9]{2}/20[2-9][0-9](?: {1,3}[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?![0-9])")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROPERTIES = Properties(
    numbers=_names(
        """
        mntFactureTTC mntFactureHT mntAcompte mntVirement mntUnitaireTTC mntPrestationTTC mntPrestationHT
        mntPrestationTVA quantite
        """
    ),
    days=_names("dateFacture dateDebutEmploi dateFinEmploi dateDebut dateFin dateVersementAcompte dateVirement"),
    codes=_names("statut"),
    ids=_names("idClient idDemandePaiement idDemandePaiements"),
    forms={
        "numFactureTiers": looks_like_number,
        "idTiersFacturation": lambda text: _WORKER.fullmatch(text) or looks_like_id(text),
        "codeNature": _NATURE.fullmatch,
        "codeActivite": _ACTIVITY.fullmatch,
        "complement2": _WORKER.fullmatch,
    },
    one_of={"etat": {"OK", "KO", "INCONNU"}, "unite": {"HEURE", "FORFAIT"}},
    free_texts=_names("libelle complement1"),
    # The description of an active person's status is where the day of activation stands (docs/api.md §2.2).
    excerpts={("status", "statut", "description"): _ACTIVATION},
    names=_names("nomNaissance nomUsage prenoms titulaire"),
    accounts=_names("iban"),
    telling=_names("adresseMail numeroTelephonePortable bic dateNaissance dateNaissanceClient"),
    places=_names(
        """
        codePaysNaissance departementNaissance codeCommune libelleCommune numeroVoie lettreVoie codeTypeVoie libelleVoie
        complement lieuDit codePostal codePays
        """
    ),
    masked=_names(
        """
        lieuNaissance communeNaissance adressePostale coordonneeBancaire inputPrestations infoDemandePaiements
        demandePaiement infoRejet infoVirement commentaire civilite
        """
    ),
)
