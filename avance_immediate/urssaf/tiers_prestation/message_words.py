"""The words of this API's texts that may be kept, beside those of any (``http.words``), by the same measure."""

_FRENCH = """
    acompte acomptes actif activation active activer aide aides annulation annule annulee annuler appareillage
    appareille association associe associee avance bancaire bancaires banque base bic calcul calculees civil civile
    civilite client clients cloture cloturee commune complement compte comptes consentement contact contrat coordonnee
    coordonnees debit declarant declaration demande demandes departement doublon droit dupliquee echeance echu echue
    emploi euro euros facturation facture factures financiere fiscal fiscale fiscaux garantie gestion habilitation
    habilite heure heures ht iban identifie identite impaye impayee impossible impot impots inscription inscrit
    inscrite integree intervenant libelle lien mandat mandats mobile montant montants naissance nature nom origine
    paiement paiements particulier particuliers payee personne personnes portable postal postale pourcentage prelevee
    prelevement prenom prenoms prestataire prestataires prestation prestations procedure quantite recouvree
    recouvrement regle regles regularisation remboursement sap sepa siren siret situation social societe solde somme
    supprimee tard tarif taux telephone tiers titulaire total totale ttc tva unitaire virement virements voie
"""
_SERVICES = """
    accompagnement administrative activites animaux autonomie bricolage coiffure collecte codage conduite cuisine
    domicile enfant enfants entretien esthetique forfait garde gardiennage informatique interpretariat jardinage linge
    livraison maison materiel menage personnel plateforme preparation promenades repas repassage scolaire soins sorties
    soutien surveillance teleassistance travaux vehicule
"""

WORDS = frozenset(f"{_FRENCH} {_SERVICES}".split())
#: A short number stays where one of these follows it.
UNITS = frozenset({"demandes"})
