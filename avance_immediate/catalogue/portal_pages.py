"""What the client reads on the pages of the portal, apart from what a code of Urssaf's or a rule says."""

from odoo.tools.translate import LazyTranslate

from .suggestions import ADDRESS_WARNINGS

_lt = LazyTranslate(__name__)

ACCOUNT = "https://www.particulier.urssaf.fr"
NEW_LINK = f"{ACCOUNT}/#/lien-activation-compte"

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

# What the form itself finds in what was typed, before the rules look at it.
FORM_PROBLEMS = {
    "birth_date_invalid": _lt("This is not a date: write it as 29/03/1980."),
    "birth_date_short": _lt("Write the year with four digits: 29/03/1980."),
    "commune_mismatch": _lt("This name and this code are not those of one commune: choose it in the list."),
    "birth_commune_elsewhere": _lt(
        "This commune is not in the territory that you chose (%(territory)s): choose another one in the list, or "
        "correct the country of birth."
    ),
    "commune_code_invalid": _lt("The INSEE code has five characters, such as 69123 or 2A004."),
    "address_too_long": _lt("The address is too long for Urssaf: shorten it."),
    "address_cedex": ADDRESS_WARNINGS["address_cedex"].client,
    "consent_missing": _lt("Tick the box: nothing is given to Urssaf without your consent."),
}

# What the form itself proposes or asks.
FORM_SUGGESTIONS = {
    "birth_date_short": _lt("Is this your date of birth?"),
    "address_written": _lt("For Urssaf your address is shortened so. Can it still be understood? If not, shorten it."),
    "address_cedex": ADDRESS_WARNINGS["address_cedex"].client,
    "zip_other_town": _lt("This postal code is not that of %(town)s."),
}

# How a proposal names the fields that it changes.
FIELD_LABELS = {
    "title": _lt("Title"),
    "birth_name": _lt("Birth name"),
    "usage_name": _lt("Name in use"),
    "first_names": _lt("First names"),
    "birth_date": _lt("Date of birth"),
    "mobile": _lt("Mobile"),
    "email": _lt("E-mail"),
    "zip": _lt("Postal code"),
    "iban": _lt("IBAN"),
    "bic": _lt("BIC"),
    "holder": _lt("Account holder"),
}
TITLE_LABELS = {"1": _lt("Mr"), "2": _lt("Mrs")}
EMPTY = _lt("(empty)")
