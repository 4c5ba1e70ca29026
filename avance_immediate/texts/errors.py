"""What Urssaf's error codes (docs/api.md §5) and failed calls (``urssaf.http.errors``) mean, and what to do."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    # Registering a client
    "ERR_DGFIP_R2P_INCONNU": (
        _lt("The tax administration does not recognise this person."),
        _lt(
            "Check the birth name, all the first names, the title, the date and the place of birth against the "
            "client's tax notice, then register again."
        ),
    ),
    "ERR_DGFIP_IMPOTPART_INCONNU": (
        _lt("The tax administration finds no tax return for this person."),
        _lt(
            "The client must have filed at least one income tax return in France. Ask the client to get in touch with"
            " the tax office; register again afterwards."
        ),
    ),
    "ERR_ECV_PARTICULIERS_EXISTENT": (
        _lt("Urssaf holds several accounts for this civil status."),
        _lt("Urssaf must merge them: write to its support with the client's agreement, then register again."),
    ),
    "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE": (
        _lt("This e-mail address or this mobile number already belongs to somebody else at Urssaf."),
        _lt("Ask the client for an e-mail address and a mobile number of their own, then register again."),
    ),
    "ERR_DATE_NAISSANCE_FUTUR": (
        _lt("The date of birth is in the future."),
        _lt("Correct the date of birth."),
    ),
    "ERR_LIEU_NAISSANCE_OBLIGATOIRE": (
        _lt("The name of the commune of birth is missing."),
        _lt("Choose the commune of birth by its name or its postal code."),
    ),
    "ERREUR_LIEU_NAISSANCE_OBLIGATOIRE": (
        _lt("The place of birth is missing."),
        _lt("Enter the country of birth and, for France, the department and the commune."),
    ),
    "ERREUR_LIEU_NAISSANCE_DEPT": (
        _lt("The department of birth is missing."),
        _lt("Somebody born in France needs the department of birth, as it was at that time."),
    ),
    "ERREUR_LIEU_NAISSANCE_DEPT_FORMAT": (
        _lt("The department of birth is not written as Urssaf expects."),
        _lt("It has three characters, such as 069, 02B or 974."),
    ),
    "ERR_LIEU_NAISSANCE_COMN": (
        _lt("The code of the commune of birth is missing."),
        _lt("Somebody born in France needs the commune of birth: enter the last three digits of its INSEE code."),
    ),
    "ERREUR_LIEU_NAISSANCE_PAYS": (
        _lt("A French department or commune is given for somebody born abroad."),
        _lt("Leave department and commune empty, or correct the country of birth."),
    ),
    "ERREUR_LIEU_NAISSANCE_INVALIDE": (
        _lt("The name of the commune of birth holds a character that Urssaf refuses."),
        _lt("Keep letters, digits, spaces, apostrophes and hyphens only; no semicolon."),
    ),
    "ERR_CONTACT": (
        _lt("Urssaf refuses the mobile number, the e-mail address or the postal address."),
        _lt(
            "Check all three. If the client already has an account with Urssaf (through another provider, for "
            "instance), they must be the same as in that account."
        ),
    ),
    "ERR_CONTACT_ADRESSE_TYPE_VOIE": (
        _lt("Urssaf does not know this type of street."),
        _lt("Choose another type of street, or write the street in the address complement."),
    ),
    "ERR_CONTACT_ADRESSE_TYPEVOIE": (
        _lt("The street has a name but no type."),
        _lt("Add the type of street (rue, avenue, allée…)."),
    ),
    "ERR_CONTACT_ADRESSE_LIBELLEVOIE": (
        _lt("The street has a type but no name."),
        _lt("Add the name of the street."),
    ),
    "ERR_CONTACT_ADRESSE_LETTRE_VOIE": (
        _lt("Urssaf does not know the letter after the street number."),
        _lt("Only bis, ter, quater and quinquies are possible."),
    ),
    "ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE": (
        _lt("The address has no street, no complement and no locality."),
        _lt("Enter at least one of them."),
    ),
    "ERR_CONTACT_ADRESSE_COMMUNE": (
        _lt("Urssaf does not find the town of the address."),
        _lt("Choose the town again, and check that it goes with the postal code."),
    ),
    "ERR_COORDONNEES_BANCAIRES": (
        _lt("Urssaf refuses the BIC or the IBAN."),
        _lt("Copy both again from the client's bank statement (RIB). The account must be held in France."),
    ),
    "ERR_APPEL_BACB": (
        _lt("The check of the bank account failed at Urssaf."),
        _lt(
            "Check the BIC and the IBAN against the client's bank statement (RIB). If they are right, register again "
            "later."
        ),
    ),
    "ERR_COMPTE_BLOQUE": (
        _lt("The client's account is blocked at Urssaf."),
        _lt("Only the client can settle this, with Urssaf or the tax office. Register again once it is done."),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE": (
        _lt("This client is already registered with you at Urssaf."),
        _lt("There is no need to register again: refresh the state of the client."),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER": (
        _lt("Urssaf could not link this client to you."),
        _lt("Register again later; if it fails again, write to Urssaf's support."),
    ),
    "ERREUR_VALIDATION": (
        _lt("Urssaf finds a field that is not written as it expects."),
        _lt("Check what was entered. The administrator can see which field it is in the exchanges."),
    ),
    "ERR_RECHERCHE_PARTICULIER": (
        _lt("Urssaf finds no such client with you."),
        _lt(
            "Either the client was never registered, or the client has removed you from their list of providers. "
            "Register the client again with their agreement."
        ),
    ),
    # Sending a payment request
    "ERR_PARTICULIER_INCONNU": (
        _lt("Urssaf does not know this client, or knows them with another date of birth."),
        _lt("Check the date of birth, and that the client is registered and has activated their account."),
    ),
    "ERR_LIEN_PARTICULIER_PRESTATAIRE": (
        _lt("The client was not linked to you on the day of the service or of the invoice."),
        _lt("Refresh the state of the client. Only services and invoices dated after the activation can be sent."),
    ),
    "ERR_PRESTATAIRE_EMETTEUR_INCONNU": (
        _lt("Urssaf does not recognise you as the sender."),
        _lt("The administrator should check the credentials and the authorisation with Urssaf."),
    ),
    "ERR_PRESTATAIRE_FACTURATION_INCONNU": (
        _lt("Urssaf does not recognise the provider to be paid."),
        _lt("The administrator should check with Urssaf which provider these credentials stand for."),
    ),
    "ERR_DATE_FUTUR": (
        _lt("The service is in the future."),
        _lt("Only a service that is completely done can be sent. Correct the days of service, or wait."),
    ),
    "ERR_DATE_PAIEMENT_AVANT_EXP": (
        _lt("The payment is dated before the start of the immediate advance."),
        _lt("Check the dates of the invoice and of the deposit."),
    ),
    "ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE": (
        _lt("The services extend over two months."),
        _lt("Make one invoice for each calendar month."),
    ),
    "ERR_DATE_FIN_AVANT_DATE_DEB": (
        _lt("The last day of service comes before the first."),
        _lt("Correct the days of service."),
    ),
    "ERR_MONTANT_ACOMPTE": (
        _lt("The deposit exceeds half of the invoice."),
        _lt("A deposit may not exceed half of the amount: correct it."),
    ),
    "ERR_ACOMPTE_BLOQUE": (
        _lt("Urssaf does not allow you to declare deposits."),
        _lt("Deposits need a financial guarantee: give it to Urssaf, or make the invoice without a deposit."),
    ),
    "ERR_TOTAL_PRESTATIONS": (
        _lt("The total of the invoice is not the sum of its lines."),
        _lt("Check the amounts of the lines: no discount, no rounding line."),
    ),
    "ERR_MNT_PREST_TTC": (
        _lt("The amount of a line is not its quantity times its unit price."),
        _lt("Choose a quantity and a unit price, tax included, that give the amount exactly to the cent."),
    ),
    "ERR_MNT_PREST_HT_TVA": (
        _lt("On a line, the amount without tax and the tax do not add up to the amount with tax."),
        _lt("Check the taxes of the lines."),
    ),
    "ERR_FORMAT_VALEUR": (
        _lt("A value has more than two decimals."),
        _lt("Round the quantities and the prices to two decimals."),
    ),
    "ERR_VALEUR_NEGATIVE": (
        _lt("A value is negative."),
        _lt("Discounts and credit notes cannot be sent: make an invoice with positive lines only."),
    ),
    "ERR_CODE_NATURE": (
        _lt("Urssaf does not know the nature of a service."),
        _lt("Choose the nature on the product of each line."),
    ),
    "ERR_CODE_ACTIVITE": (
        _lt("Urssaf does not know the activity of a service."),
        _lt("Leave the activity empty on the product: it is optional."),
    ),
    "ERR_CODE_ACTIVITE_NATURE": (
        _lt("The activity of a service does not go with its nature."),
        _lt("Leave the activity empty on the product, or choose one that belongs to the nature."),
    ),
    "ERR_NBRE_PREST_MAX": (
        _lt("Too many invoices were sent at once."),
        _lt("Send them again: they will go in smaller lots."),
    ),
    "ERR_FACTURE_DOUBLON": (
        _lt("Urssaf already has a payment request with this invoice number."),
        _lt(
            "The state of that request is being checked. If the request was refused or cancelled, make the invoice "
            "again under another number."
        ),
    ),
    "ERR_CMPT_BLOQUE": (
        _lt("The client's account is blocked after a refused debit."),
        _lt("The client must settle with Urssaf; nothing can be sent until then. Send again once the account is open."),
    ),
    "ERR_MANDAT_ECHU": (
        _lt("The client's direct debit mandate has expired."),
        _lt("Ask the client to renew it on particulier.urssaf.fr, then send again."),
    ),
    "ERR_FORMAT_NUMINTERVENANT": (
        _lt("The number of the person who came is not well written."),
        _lt("It is SAP and 9 digits, or SIR and 14 digits (SIRET)."),
    ),
    "ERR_NUMINTERVENANT_MANQUANT": (
        _lt("A line does not say who came."),
        _lt(
            "Enter the SAP number of the company in the settings, or the number of the person who came on the invoice."
        ),
    ),
    "ERR_NUMINTERVENANT_BLOQUE": (
        _lt("The number of the person who came is blocked at Urssaf."),
        _lt("Check the declaration (SAP number) with the authorities, or enter another number."),
    ),
    "ERREUR_GARANTIE_FINANCIERE_NON_CONFORME": (
        _lt("Urssaf holds no valid financial guarantee for you."),
        _lt("It is missing, too low or expired: send an up-to-date guarantee to Urssaf, then send the invoice again."),
    ),
    # Searching payment requests
    "ERR_CRITERE_RECHERCHE_VIDE": (
        _lt("Urssaf was not told what to search for."),
        _lt("Give an invoice number, a request or a period."),
    ),
    "ERR_NBRE_MAX_RESULTAT": (
        _lt("The search finds too many payment requests."),
        _lt("Choose a shorter period."),
    ),
    "ERR_RECHERCHE_VIDE": (
        _lt("Urssaf finds no payment request."),
        _lt("Nothing was received under this number, or not yet."),
    ),
    # Technical
    "ERREUR_TECHNIQUE": (
        _lt("Urssaf has a technical problem."),
        _lt("There is nothing to correct. It will be checked whether the request was received; try again later."),
    ),
}

UNKNOWN_ERROR = (
    _lt("Urssaf refuses with a reason that we do not know: %(code)s."),
    _lt("The administrator can read Urssaf's answer in the exchanges."),
)

# By the name of the class.
FAILURES = {
    "NotSent": (
        _lt("Urssaf could not be reached: nothing was sent."),
        _lt(
            "It will go again by itself. If this lasts, check the internet connection of the server and the address "
            "in the settings."
        ),
    ),
    "WrongCredentials": (
        _lt("Urssaf refuses the credentials: nothing was sent."),
        _lt(
            "An administrator must check the client id, the secret and the environment (test or production) in the "
            "settings."
        ),
    ),
    "Unauthorised": (
        _lt("Urssaf does not accept our access, although it was renewed: nothing was taken in."),
        _lt("An administrator should test the connection in the settings, and ask Urssaf if it fails."),
    ),
    "Forbidden": (
        _lt("Urssaf has not opened this service to your company: nothing was taken in."),
        _lt("Ask Urssaf (habilitation-api@urssaf.fr) whether your authorisation is in force."),
    ),
    "TryLater": (
        _lt("Urssaf receives too many calls: nothing was taken in."),
        _lt("There is nothing to do: it will go again a little later."),
    ),
    "Refused": (
        _lt("Urssaf refuses what was sent: nothing was taken in."),
        _lt("The administrator can read the answer in the exchanges."),
    ),
    "OutcomeUnknown": (
        _lt("Urssaf did not answer clearly: we do not know whether it received the request."),
        _lt("Do not send it again by other means: it will be checked at Urssaf first."),
    ),
}

# After what to do about a failure, where Urssaf's gateway gave a reference to quote (docs/api.md §1).
REFERENCE = _lt("Reference: %(correlation_id)s.")

UNKNOWN_FAILURE = (
    _lt("The exchange with Urssaf failed."),
    _lt("The administrator can see it in the exchanges."),
)
