"""What the client reads on the portal beside a proposal or a question (``intake.suggestions``, ``intake.address``)."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By the code of the suggestion: the question, or what the proposal does.
PORTAL_SUGGESTIONS = {
    "name_couple": _lt("Urssaf registers one person: write the name of the one whose registration this is."),
    "name_married": _lt("Are these two names? The one that you were born with and the name in use have a field each."),
    "name_title": _lt("The title, Mr or Mrs, is ticked above: it does not belong to the name."),
    "name_digits": _lt("A name has letters only."),
    "name_separators": _lt("One space is enough between two first names."),
    "name_signs": _lt("Letters, hyphens and straight apostrophes are enough."),
    "name_spaces": _lt("One space is enough between two words."),
    "name_capitals": _lt("With capitals, as on your tax notice?"),
    "name_accents": _lt("The tax administration may know you without accents: it is worth a try."),
    "names_swapped": _lt("The wrong way round? The birth name is that of your birth certificate."),
    "usage_name_same": _lt("This is your birth name already: leave the name in use empty."),
    "first_names_hold_name": _lt("Does your family name stand among your first names? It has a field of its own."),
    "birth_date_century": _lt("Is the year of your birth right?"),
    "birth_date_minor": _lt("Are you under 18? Urssaf registers the parent who files the income tax return."),
    "birth_country_gone": _lt(
        "When you were born, this country had ended: choose that of the day, or correct the date."
    ),
    "birth_date_short": _lt("Is this your date of birth?"),
    "mobile_format": _lt("Is this your number?"),
    "email_format": _lt("Is this your address, without spaces, accents and signs around it?"),
    "email_domain": _lt("Is your address spelt right? Urssaf sends you the activation link there."),
    "email_plus": _lt("With your mail service, the shorter address reaches the same mailbox."),
    "bank_swapped": _lt("The IBAN and the BIC seem to have changed places."),
    "iban_format": _lt("Is this your IBAN? Compare it with your bank statement (RIB)."),
    "bic_format": _lt("Is this your BIC? Compare it with your bank statement (RIB)."),
    "bic_from_iban": _lt("This is the BIC of the bank of your IBAN: compare it with your bank statement (RIB)."),
    "bic_other_bank": _lt(
        "This BIC does not seem to be that of the bank of your IBAN: compare both with your bank statement (RIB)."
    ),
    "holder_from_name": _lt("Is the account yours?"),
    "holder_title": _lt("Urssaf expects the title, the name and the first name of the holder."),
    "holder_other": _lt(
        "Is the account yours? The holder bears another name than you: check it on your bank statement (RIB). "
        "Leave the field empty if you are the holder."
    ),
    "address_written": _lt("For Urssaf your address is shortened so. Can it still be understood? If not, shorten it."),
    "address_cedex": _lt(
        "The address of a CEDEX is not that of your home: enter the postal code and the town where you live."
    ),
    "zip_other_town": _lt("This postal code is not that of %(town)s."),
}

# How a proposal names the fields that it changes.
PORTAL_LABELS = {
    "civility": _lt("Title"),
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
CIVILITY_LABELS = {"1": _lt("Mr"), "2": _lt("Mrs")}
EMPTY = _lt("(empty)")
