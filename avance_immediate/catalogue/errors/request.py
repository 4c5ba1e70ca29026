"""Why Urssaf does not take a payment request, or a search of them (docs/api.md §5)."""

from odoo.tools.translate import LazyTranslate

from ..entry import Error

_lt = LazyTranslate(__name__)

REQUEST_ERRORS = {
    "ERR_PARTICULIER_INCONNU": Error(
        _lt("Urssaf does not know this client, or knows them with another date of birth."),
        _lt("Check the date of birth, and that the client is registered and has activated their account."),
    ),
    "ERR_LIEN_PARTICULIER_PRESTATAIRE": Error(
        _lt("The client was not linked to you on the day of the service or of the invoice."),
        _lt("Refresh the state of the client. Only services and invoices dated after the activation can be sent."),
    ),
    "ERR_PRESTATAIRE_EMETTEUR_INCONNU": Error(
        _lt("Urssaf does not recognise you as the sender."),
        _lt("The administrator should check the credentials and the authorisation with Urssaf."),
    ),
    "ERR_PRESTATAIRE_FACTURATION_INCONNU": Error(
        _lt("Urssaf does not recognise the provider to be paid."),
        _lt("The administrator should check with Urssaf which provider these credentials stand for."),
    ),
    "ERR_DATE_FUTUR": Error(
        _lt("The service is in the future."),
        _lt("Only a service that is completely done can be sent. Correct the days of service, or wait."),
    ),
    "ERR_DATE_PAIEMENT_AVANT_EXP": Error(
        _lt("The payment is dated before the start of the immediate advance."),
        _lt("Check the dates of the invoice and of the deposit."),
    ),
    "ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE": Error(
        _lt("The services extend over two months."),
        _lt("Make one invoice for each calendar month."),
    ),
    "ERR_DATE_FIN_AVANT_DATE_DEB": Error(
        _lt("The last day of service comes before the first."),
        _lt("Correct the days of service."),
    ),
    "ERR_MONTANT_ACOMPTE": Error(
        _lt("The deposit exceeds half of the invoice."),
        _lt("A deposit may not exceed half of the amount: correct it."),
    ),
    "ERR_ACOMPTE_BLOQUE": Error(
        _lt("Urssaf does not allow you to declare deposits."),
        _lt("Deposits need a financial guarantee: give it to Urssaf, or make the invoice without a deposit."),
    ),
    "ERR_TOTAL_PRESTATIONS": Error(
        _lt("The total of the invoice is not the sum of its lines."),
        _lt("Check the amounts of the lines: no discount, no rounding line."),
    ),
    "ERR_MNT_PREST_TTC": Error(
        _lt("The amount of a line is not its quantity times its unit price."),
        _lt("Choose a quantity and a unit price, tax included, that give the amount exactly to the cent."),
    ),
    "ERR_MNT_PREST_HT_TVA": Error(
        _lt("On a line, the amount without tax and the tax do not add up to the amount with tax."),
        _lt("Check the taxes of the lines."),
    ),
    "ERR_FORMAT_VALEUR": Error(
        _lt("A value has more than two decimals."),
        _lt("Round the quantities and the prices to two decimals."),
    ),
    "ERR_VALEUR_NEGATIVE": Error(
        _lt("A value is negative."),
        _lt("Discounts and credit notes cannot be sent: make an invoice with positive lines only."),
    ),
    "ERR_CODE_NATURE": Error(
        _lt("Urssaf does not know the nature of a service."),
        _lt("Choose the nature on the product of each line."),
    ),
    "ERR_CODE_ACTIVITE": Error(
        _lt("Urssaf does not know the activity of a service."),
        _lt("Leave the activity empty on the product: it is optional."),
    ),
    "ERR_CODE_ACTIVITE_NATURE": Error(
        _lt("The activity of a service does not go with its nature."),
        _lt("Leave the activity empty on the product, or choose one that belongs to the nature."),
    ),
    "ERR_NBRE_PREST_MAX": Error(
        _lt("Too many invoices were sent at once."),
        _lt("Send them again: they will go in smaller batches."),
    ),
    "ERR_FACTURE_DOUBLON": Error(
        _lt("Urssaf already has a payment request with this invoice number."),
        _lt(
            "The state of that request is being checked. If the request was refused or cancelled, make the invoice "
            "again under another number."
        ),
    ),
    "ERR_CMPT_BLOQUE": Error(
        _lt("The client's account is blocked after a refused debit."),
        _lt("The client must settle with Urssaf; nothing can be sent until then. Send again once the account is open."),
    ),
    "ERR_MANDAT_ECHU": Error(
        _lt("The client's direct debit mandate has expired."),
        _lt("Ask the client to renew it on particulier.urssaf.fr, then send again."),
    ),
    "ERR_FORMAT_NUMINTERVENANT": Error(
        _lt("The number of the worker is not well written."),
        _lt("It is SAP and 9 digits, or SIR and 14 digits (SIRET)."),
    ),
    "ERR_NUMINTERVENANT_MANQUANT": Error(
        _lt("A line does not name the worker."),
        _lt("Enter the SAP number of the company in the settings, or the number of the worker on the invoice."),
    ),
    "ERR_NUMINTERVENANT_BLOQUE": Error(
        _lt("The number of the worker is blocked at Urssaf."),
        _lt("Check the declaration (SAP number) with the authorities, or enter another number."),
    ),
    "ERREUR_GARANTIE_FINANCIERE_NON_CONFORME": Error(
        _lt("Urssaf holds no valid financial guarantee for you."),
        _lt("It is missing, too low or expired: send an up-to-date guarantee to Urssaf, then send the invoice again."),
    ),
    "ERR_CRITERE_RECHERCHE_VIDE": Error(
        _lt("Urssaf was not told what to search for."),
        _lt("Give an invoice number, a request or a period."),
    ),
    "ERR_NBRE_MAX_RESULTAT": Error(
        _lt("The search finds too many payment requests."),
        _lt("Choose a shorter period."),
    ),
    "ERR_RECHERCHE_VIDE": Error(
        _lt("Urssaf finds no payment request."),
        _lt("Nothing was received under this number, or not yet."),
    ),
    "ERREUR_TECHNIQUE": Error(
        _lt("Urssaf has a technical problem."),
        _lt("There is nothing to correct. It will be checked whether the request was received; try again later."),
    ),
}
