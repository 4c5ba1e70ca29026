"""What is proposed about a registration (``intake.suggestions``), and said of an address (``intake.address``).

What is the matter, and what the proposal does or what to ask the client.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SUGGESTIONS = {
    "name_couple": (
        _lt("Two people?"),
        _lt("Urssaf registers one person. Ask which of the two pays and declares, and check the title."),
    ),
    "name_married": (
        _lt("Take the two names apart?"),
        _lt("The name of birth and the name of a marriage have a field each."),
    ),
    "name_title": (
        _lt("Move the title out of the name"),
        _lt("The title has a field of its own; check that both agree."),
    ),
    "name_digits": (
        _lt("Leave out the digits"),
        _lt("A name has letters only."),
    ),
    "name_separators": (
        _lt("Separate the first names with spaces"),
        _lt("Urssaf takes one space between two first names, no comma."),
    ),
    "name_signs": (
        _lt("Write the name with plain signs"),
        _lt("Urssaf takes letters, hyphens and straight apostrophes."),
    ),
    "name_spaces": (
        _lt("Leave out the spaces that are too many"),
        _lt("One space between two words, none at the ends."),
    ),
    "name_capitals": (
        _lt("Write the name with capitals"),
        _lt("As it stands on the tax notice."),
    ),
    "name_accents": (
        _lt("Write the name without accents"),
        _lt("Worth a try where the tax administration does not recognise the person."),
    ),
    "names_swapped": (
        _lt("Swap the birth name and the name in use"),
        _lt("The birth name is that of the birth certificate, the name in use often that of a marriage."),
    ),
    "usage_name_same": (
        _lt("Leave the name in use empty"),
        _lt("It is the birth name already."),
    ),
    "first_names_hold_name": (
        _lt("Take the family name out of the first names?"),
        _lt("It stands in a field of its own."),
    ),
    "birth_date_century": (
        _lt("Is the year of birth right?"),
        _lt("Ask the client: the century may be wrong."),
    ),
    "birth_date_minor": (
        _lt("Is the client under 18?"),
        _lt("Urssaf looks for an income tax return of this person: register the parent who declares."),
    ),
    "birth_country_gone": (
        _lt("Was the client born in a country that was gone?"),
        _lt("On the birth date the country of birth had ended: choose that of the day, or correct the date."),
    ),
    "mobile_format": (
        _lt("Write the mobile number as Urssaf does"),
        _lt("Ten digits that begin with 06 or 07."),
    ),
    "email_format": (
        _lt("Clean up the e-mail address"),
        _lt("Blanks, accents and signs around it are left out."),
    ),
    "email_domain": (
        _lt("Is the e-mail address misspelt?"),
        _lt("The activation link goes there: ask the client."),
    ),
    "email_plus": (
        _lt("Leave out the part with the plus sign?"),
        _lt("With this mail service both addresses reach the same mailbox; Urssaf takes the shorter one."),
    ),
    "bank_swapped": (
        _lt("Swap IBAN and BIC"),
        _lt("Each stands in the field of the other."),
    ),
    "iban_format": (
        _lt("Clean up the IBAN"),
        _lt("Its check digits are right once written so."),
    ),
    "bic_format": (
        _lt("Clean up the BIC"),
        _lt("It has 8 or 11 characters and no other sign."),
    ),
    "bic_from_iban": (
        _lt("Take the BIC of the bank of this IBAN"),
        _lt("From the register of French banks; compare it with the client's bank statement (RIB)."),
    ),
    "bic_other_bank": (
        _lt("Do BIC and IBAN belong to the same bank?"),
        _lt("The register of French banks has another BIC for this IBAN: compare with the bank statement (RIB)."),
    ),
    "holder_from_name": (
        _lt("The client holds the account"),
        _lt("Title, name and first name of the client are filled in."),
    ),
    "holder_title": (
        _lt("Add the title of the account holder"),
        _lt("Urssaf expects the title, the name and the first name of the holder."),
    ),
    "holder_other": (
        _lt("Does the account belong to the client?"),
        _lt("The holder bears another name: check it on the bank statement (RIB)."),
    ),
}

ADDRESS_WARNINGS = {
    "address_number_moved": (
        _lt("The street number has more than bis, ter or quater."),
        _lt("The first number is in its field, the whole in the complement: check both."),
    ),
    "address_abbreviated": (
        _lt("Words of the address were shortened to fit."),
        _lt("Check that it can still be understood."),
    ),
    "address_street_whole": (
        _lt("The street is written whole as lieu-dit."),
        _lt("Urssaf has no sure code for its type, or none was found, or it is too long: check it."),
    ),
    "address_spread": (
        _lt("A line of the address goes on in another field."),
        _lt("Check that it can still be understood, or abbreviate it."),
    ),
    "address_cut": (
        _lt("A part of the address fits nowhere."),
        _lt("Abbreviate the address so that nothing is missing."),
    ),
    "address_cedex": (
        _lt("The address is that of a CEDEX."),
        _lt("Enter the postal code of the town where the client lives."),
    ),
}

UNKNOWN_SUGGESTION = (
    _lt("Something can be better: %(code)s."),
    _lt("Check this value."),
)
