"""What the client reads on the portal: the same rules, refusals and statuses as the provider's, said to the client."""

from odoo.tools.translate import LazyTranslate

from .causes import ADDRESS, BIRTH, CAUSES
from .portal_advice import PORTAL_SUGGESTIONS
from .portal_causes import PORTAL_CAUSES

_lt = LazyTranslate(__name__)

ACCOUNT = "https://www.particulier.urssaf.fr"
NEW_LINK = f"{ACCOUNT}/#/lien-activation-compte"

# How the alert about a state, or a status of Urssaf, looks.
INFO = "info"
LEVELS = {
    **dict.fromkeys(("active", "paid"), "success"),
    **dict.fromkeys(("changed", "refused", "waiting", "ended", "cancelled", "to_settle", "20", "20 early"), "warning"),
    **dict.fromkeys(("blocked", "MANDAT_ECHU", "60"), "danger"),
    "closed": "secondary",
}

_COMMUNE = _lt("Choose your commune of birth in the list that opens as you type.")
_CITY = _lt("Choose your town in the list that opens as you type.")
_STREET = _lt("Write the number and the street, as on your mail: 8 rue du Soleil. 28 characters at most for the name.")
_NAME = _lt("Keep letters, spaces, hyphens and straight apostrophes (') only, with a letter at both ends.")

# Codes of our own rules (urssaf.rules) and of this form: what to do, at the field. docs/api.md §2.1
PORTAL_PROBLEMS = {
    "civility_invalid": _lt("Choose one of the two."),
    "birth_name_missing": _lt("Enter your birth name, as on your tax notice."),
    "birth_name_too_long": _lt("%(max)s characters at most."),
    "birth_name_invalid": _NAME,
    "usage_name_too_long": _lt("%(max)s characters at most."),
    "usage_name_invalid": _NAME,
    "first_names_missing": _lt("Enter all your first names, as on your tax notice."),
    "first_names_too_long": _lt("%(max)s characters at most: leave out the last first names."),
    "first_names_invalid": _lt("Separate them with one space, without commas; no digits, no title."),
    "name_couple": _lt("These are the names of two people: register one, by the name on their tax notice."),
    "name_title": _lt("The title does not belong to the name."),
    "name_digits": _lt("A name has no digits."),
    "birth_date_missing": _lt("Enter your date of birth."),
    "birth_date_invalid": _lt("This is not a date: write it as 29/03/1980."),
    "birth_date_short": _lt("Write the year with four digits: 29/03/1980."),
    "birth_date_future": _lt("This date is in the future."),
    "birth_date_too_old": _lt("Check the year of your birth."),
    "birth_country_missing": _lt("Choose your country of birth."),
    "birth_country_invalid": _lt("Choose another country: that which the territory belongs to."),
    "birth_place_missing": _COMMUNE,
    "birth_department_missing": _COMMUNE,
    "birth_department_invalid": _COMMUNE,
    "birth_commune_missing": _COMMUNE,
    "birth_commune_invalid": _COMMUNE,
    "birth_commune_name_missing": _COMMUNE,
    "birth_commune_name_invalid": _lt("%(max)s characters at most, without a semicolon."),
    "commune_mismatch": _lt("This name and this code are not those of one commune: choose it in the list."),
    "birth_commune_elsewhere": _lt(
        "This commune is not in the territory that you chose (%(territory)s): choose another one in the list, or "
        "correct the country of birth."
    ),
    "commune_code_invalid": _lt("The INSEE code has five characters, such as 69123 or 2A004."),
    "mobile_missing": _lt("Enter your mobile number: Urssaf sends you messages on it."),
    "mobile_invalid": _lt("A French mobile number begins with 06 or 07 and has ten digits."),
    "email_missing": _lt("Enter your e-mail address: Urssaf sends you the activation link."),
    "email_invalid": _lt("Check the address: letters without accents, digits, dots, hyphens around one @."),
    "email_plus": _lt("Urssaf takes no address with a plus sign (+): enter another one."),
    "address_number_invalid": _STREET,
    "address_letter_unknown": _STREET,
    "address_letter_without_number": _STREET,
    "address_street_type_unknown": _STREET,
    "address_street_type_missing": _STREET,
    "address_street_name_missing": _STREET,
    "address_street_name_too_long": _STREET,
    "address_incomplete": _STREET,
    "address_locality_too_long": _STREET,
    "address_too_long": _lt("The address is too long for Urssaf: shorten it."),
    "address_complement_too_long": _lt("%(max)s characters at most: shorten it."),
    "address_city_missing": _CITY,
    "address_city_too_long": _lt("%(max)s characters at most."),
    "address_city_code_missing": _CITY,
    "address_cedex": PORTAL_SUGGESTIONS["address_cedex"],
    "address_city_code_invalid": _CITY,
    "address_zip_invalid": _lt("The postal code has five digits."),
    "iban_missing": _lt("Copy your IBAN from your bank statement (RIB)."),
    "iban_invalid": _lt("A character is wrong or missing: copy it again from your bank statement (RIB)."),
    "iban_not_french": _lt("Urssaf only debits accounts held in France: enter another account."),
    "bic_missing": _lt("Copy the BIC from your bank statement (RIB): it stands beside the IBAN."),
    "bic_invalid": _lt("The BIC has 8 or 11 characters: copy it again from your bank statement (RIB)."),
    "bic_not_french": _lt("This is a bank abroad. Urssaf only debits accounts held in France."),
    "holder_missing": _lt("Enter the title, the name and the first name of the account holder."),
    "holder_too_long": _lt("%(max)s characters at most."),
    "holder_invalid": _lt("Enter the title, the name and the first name of the account holder: no IBAN here."),
    "consent_missing": _lt("Tick the box: nothing is given to Urssaf without your consent."),
}

_REFUSED_BIRTH = (
    _lt("Urssaf does not accept your date or your place of birth."),
    _lt("Check the date and the country, and choose the commune again in the list that opens as you type."),
)
_REFUSED_ADDRESS = (_lt("Urssaf does not understand your address."), _STREET)

# Why Urssaf refused the registration: what is the matter, what to do. docs/api.md §5
PORTAL_REFUSALS = {
    **dict.fromkeys((code for code, known in CAUSES.items() if BIRTH in known.sections), _REFUSED_BIRTH),
    **dict.fromkeys((code for code, known in CAUSES.items() if ADDRESS in known.sections), _REFUSED_ADDRESS),
    "ERR_DGFIP_R2P_INCONNU": (
        _lt("The tax administration does not recognise you."),
        _lt(
            "Take your tax notice and compare: birth name (not the name in use), all the first names, title, date and "
            "place of birth."
        ),
    ),
    "ERR_DGFIP_IMPOTPART_INCONNU": (
        _lt("The tax administration finds no tax return of yours."),
        _lt("You must have filed one income tax return in France at least. Get in touch with your tax office."),
    ),
    "ERR_ECV_PARTICULIERS_EXISTENT": (
        _lt("Urssaf holds several accounts in your name."),
        _lt("Ask Urssaf to merge them, then come back here."),
    ),
    "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE": (
        _lt("This e-mail address or this mobile number already belongs to somebody else at Urssaf."),
        _lt("Give an e-mail address and a mobile number that are yours alone."),
    ),
    "ERR_CONTACT": (
        _lt("Urssaf refuses the mobile number, the e-mail address or the postal address."),
        _lt("Check all three. If you have an Urssaf account already, give the same as there."),
    ),
    "ERR_CONTACT_ADRESSE_COMMUNE": (
        _lt("Urssaf does not find your town."),
        _lt("Choose it again in the list, and check the postal code."),
    ),
    "ERR_COORDONNEES_BANCAIRES": (
        _lt("Urssaf refuses the BIC or the IBAN."),
        _lt("Copy both again from your bank statement (RIB). The account must be held in France."),
    ),
    "ERR_APPEL_BACB": (
        _lt("Your bank account could not be checked."),
        _lt("Compare the BIC and the IBAN with your bank statement (RIB), then send the form again."),
    ),
    "ERR_COMPTE_BLOQUE": (
        _lt("Your account is blocked at Urssaf."),
        _lt("Settle it with Urssaf or with your tax office, then come back here."),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER": (
        _lt("Urssaf could not link you to us."),
        _lt("There is nothing to correct: send the form again later."),
    ),
}
UNKNOWN_REFUSAL = (
    _lt("Urssaf did not accept a piece of information."),
    _lt("Check all that you entered. If it is right, get in touch with us."),
)

# Where the registration stands: title, what to do next.
PORTAL_STATES = {
    "asked": (
        _lt("We have received your request"),
        _lt("%(company)s registers you with Urssaf, which then writes to you. You have nothing to do until then."),
    ),
    "changed": (
        _lt("Look at your details again, and agree"),
        _lt("%(company)s has corrected what you entered: %(changes)s. Check it, and send the form again."),
    ),
    "sending": (_lt("Your registration is on its way to Urssaf"), _lt("Come back in a moment.")),
    "uncertain": (
        _lt("Your registration is on its way to Urssaf"),
        _lt("Urssaf has not confirmed it yet. You have nothing to do."),
    ),
    "refused": (
        _lt("Urssaf could not register you"),
        _lt("Correct what follows and send the form again: nothing is lost."),
    ),
    "waiting": (
        _lt("One step left: activate your Urssaf account"),
        _lt("Until then %(company)s cannot use the avance immédiate for you."),
    ),
    "active": (
        _lt("Your avance immédiate is active"),
        _lt("%(company)s sends your invoices to Urssaf: you have nothing to pay us. Urssaf writes to you each time."),
    ),
    "blocked": (
        _lt("Your Urssaf account is blocked"),
        _lt("Sign in to your Urssaf account: it says what to settle, for instance a refused debit."),
    ),
    "MANDAT_ECHU": (
        _lt("Your direct debit mandate has expired"),
        _lt("Sign in to your Urssaf account and renew the mandate."),
    ),
    "ended": (
        _lt("You are no longer linked to us at Urssaf"),
        _lt("If you wish to use the avance immédiate again, check the form and send it."),
    ),
}

# What to do until the activation: what, the words of its link. docs/api.md §2.1
ACTIVATION_STEPS = (
    (
        _lt(
            "Open the e-mail that Urssaf sent to %(email)s (look among the spam too) and follow its link before "
            "%(deadline)s: it lives for 7 days."
        ),
        None,
        None,
    ),
    (_lt("The link is lost or dead?"), _lt("Ask Urssaf for another one"), NEW_LINK),
    (
        _lt("You have an Urssaf account already? Sign in and accept %(company)s under “Intervenants”."),
        _lt("Open my Urssaf account"),
        ACCOUNT,
    ),
)

# Where an invoice stands at Urssaf, by our state, then by Urssaf's status: title, what happens next.
_QUEUED = (
    _lt("About to be sent to Urssaf"),
    _lt("Urssaf will write to you. You have nothing to pay us."),
)
PORTAL_INVOICE_STATES = {
    "queued": _QUEUED,
    "sending": _QUEUED,
    "uncertain": _QUEUED,
    "paid": (_lt("Urssaf has paid this invoice"), _lt("You have nothing left to do.")),
    "refused": (
        _lt("You refused this invoice at Urssaf"),
        _lt("Nothing is debited. We get in touch with you to correct it."),
    ),
    "cancelled": (
        _lt("Cancelled at Urssaf"),
        _lt("Urssaf does not pay this invoice. If you have a question, get in touch with us."),
    ),
    "to_settle": (
        _lt("To settle with us"),
        _lt("Something has changed at Urssaf after the payment. We get in touch with you."),
    ),
    "closed": (_lt("Settled"), _lt("Nothing more happens at Urssaf.")),
    "closed open": (
        _lt("No longer collected by Urssaf"),
        _lt("What is still due is to be paid to us. If Urssaf has debited you all the same, tell us before you pay."),
    ),
}
_SENT = (
    _lt("Sent to Urssaf"),
    _lt("Urssaf checks the invoice, then writes to you: you will have 48 hours to accept or refuse it."),
)
_TO_VALIDATE = _lt(
    "Accept or refuse this invoice in your Urssaf account. Without an answer from you within 48 hours it counts as "
    "accepted. The exact hour is in Urssaf's e-mail."
)
PORTAL_INVOICE_STATUSES = {
    "10": _SENT,
    "15": _SENT,
    "20 early": (_lt("To validate before %(deadline)s"), _TO_VALIDATE),
    "20": (_lt("To validate within 48 hours of Urssaf's e-mail"), _TO_VALIDATE),
    "20 late": (
        _lt("The 48 hours to answer have passed"),
        _lt("Unless you refused it, the invoice counts as accepted, and Urssaf debits your share."),
    ),
    "30": (_lt("Accepted"), _lt("Urssaf debits your share about two working days later.")),
    "50": (_lt("Debited"), _lt("Urssaf has debited your share, and pays us the whole invoice.")),
    "60": (
        _lt("Debit refused by your bank"),
        _lt("Settle it in your Urssaf account: until then no other invoice can go this way."),
    ),
}
# Of the client's bank: said to the client only, not to whoever holds the link to the invoice.
CONFIDENTIAL_STATUSES = ("60",)
UNKNOWN_INVOICE_STATUS = (_lt("In progress at Urssaf"), _lt("Your Urssaf account shows where it stands."))


def portal_refusal(code):
    """Give what to say of a code with which Urssaf refused the registration.

    :return: what is the matter; what to do; pairs of what may be the cause and what to try, the likeliest first,
        instead of the second where there are any
    """
    return (*PORTAL_REFUSALS.get(code, UNKNOWN_REFUSAL), PORTAL_CAUSES.get(code, ()))


def portal_invoice(state, status, *, delay, is_client):
    """Give (title, text, level of the alert) for a payment request, or nothing where it never left.

    :param state: as `urssaf.payment.request._state_of_words` gives it
    :param status: Urssaf's code
    :param delay: of the 48 hours to answer: ``early`` where they have surely not passed, ``late`` where they surely
        have, else empty
    :param is_client: whether it is the client who reads it; who just has the link reads nothing confidential
    """
    if state != "sent":
        words = PORTAL_INVOICE_STATES.get(state)
        return words and (*words, LEVELS.get(state, INFO))
    if status in CONFIDENTIAL_STATUSES and not is_client:
        return (*UNKNOWN_INVOICE_STATUS, INFO)
    code = f"20 {delay}".strip() if status == "20" else status or "10"
    return (*PORTAL_INVOICE_STATUSES.get(code, UNKNOWN_INVOICE_STATUS), LEVELS.get(code, INFO))
