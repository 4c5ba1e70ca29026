"""What is proposed about a registration (``intake.suggestions``), and said of an address (``intake.address``).

For the provider: what is the matter, and what the proposal does or what to ask. For the client: the question, or what
the proposal does.
"""

from odoo.tools.translate import LazyTranslate

from .entry import Entry

_lt = LazyTranslate(__name__)

SUGGESTIONS = {
    "name_couple": Entry(
        _lt("Two people?"),
        _lt("Urssaf registers one person. Ask which of the two pays and declares, and check the title."),
        client=_lt("Urssaf registers one person: write the name of the one whose registration this is."),
    ),
    "name_married": Entry(
        _lt("Take the two names apart?"),
        _lt("The name of birth and the name of a marriage have a field each."),
        client=_lt("Are these two names? The one that you were born with and the name in use have a field each."),
    ),
    "name_title": Entry(
        _lt("Move the title out of the name"),
        _lt("The title has a field of its own; check that both agree."),
        client=_lt("The title, Mr or Mrs, is ticked above: it does not belong to the name."),
    ),
    "name_digits": Entry(
        _lt("Leave out the digits"),
        _lt("A name has letters only."),
        client=_lt("A name has letters only."),
    ),
    "name_separators": Entry(
        _lt("Separate the first names with spaces"),
        _lt("Urssaf accepts one space between two first names, no comma."),
        client=_lt("One space is enough between two first names."),
    ),
    "name_signs": Entry(
        _lt("Write the name with plain signs"),
        _lt("Urssaf accepts letters, hyphens and straight apostrophes."),
        client=_lt("Letters, hyphens and straight apostrophes are enough."),
    ),
    "name_spaces": Entry(
        _lt("Leave out the spaces that are too many"),
        _lt("One space between two words, none at the ends."),
        client=_lt("One space is enough between two words."),
    ),
    "name_capitals": Entry(
        _lt("Write the name with capitals"),
        _lt("As it stands on the tax notice."),
        client=_lt("With capitals, as on your tax notice?"),
    ),
    "name_accents": Entry(
        _lt("Write the name without accents"),
        _lt("Worth a try where the tax administration does not recognise the person."),
        client=_lt("The tax administration may know you without accents: it is worth a try."),
    ),
    "names_swapped": Entry(
        _lt("Swap the birth name and the name in use"),
        _lt("The birth name is that of the birth certificate, the name in use often that of a marriage."),
        client=_lt("The wrong way round? The birth name is that of your birth certificate."),
    ),
    "usage_name_same": Entry(
        _lt("Leave the name in use empty"),
        _lt("It is the birth name already."),
        client=_lt("This is your birth name already: leave the name in use empty."),
    ),
    "first_names_hold_name": Entry(
        _lt("Take the family name out of the first names?"),
        _lt("It stands in a field of its own."),
        client=_lt("Does your family name stand among your first names? It has a field of its own."),
    ),
    "birth_date_century": Entry(
        _lt("Is the year of birth right?"),
        _lt("Ask the client: the century may be wrong."),
        client=_lt("Is the year of your birth right?"),
    ),
    "birth_date_minor": Entry(
        _lt("Is the client under 18?"),
        _lt("Urssaf looks for an income tax return of this person: register the parent who declares."),
        client=_lt("Are you under 18? Urssaf registers the parent who files the income tax return."),
    ),
    "birth_country_gone": Entry(
        _lt("Was the client born in a country that was gone?"),
        _lt("On the birth date the country of birth had ended: choose that of the day, or correct the date."),
        client=_lt("When you were born, this country had ended: choose that of the day, or correct the date."),
    ),
    "mobile_format": Entry(
        _lt("Write the mobile number as Urssaf does"),
        _lt("Ten digits that begin with 06 or 07."),
        client=_lt("Is this your number?"),
    ),
    "email_format": Entry(
        _lt("Clean up the e-mail address"),
        _lt("Blanks, accents and signs around it are left out."),
        client=_lt("Is this your address, without spaces, accents and signs around it?"),
    ),
    "email_domain": Entry(
        _lt("Is the e-mail address misspelt?"),
        _lt("The activation link goes there: ask the client."),
        client=_lt("Is your address spelt right? Urssaf sends you the activation link there."),
    ),
    "email_plus": Entry(
        _lt("Leave out the part with the plus sign?"),
        _lt("With this mail service both addresses reach the same mailbox; Urssaf takes the shorter one."),
        client=_lt("With your mail service, the shorter address reaches the same mailbox."),
    ),
    "bank_swapped": Entry(
        _lt("Swap IBAN and BIC"),
        _lt("Each stands in the field of the other."),
        client=_lt("The IBAN and the BIC seem to have changed places."),
    ),
    "iban_format": Entry(
        _lt("Clean up the IBAN"),
        _lt("Its check digits are right once written so."),
        client=_lt("Is this your IBAN? Compare it with your bank statement (RIB)."),
    ),
    "bic_format": Entry(
        _lt("Clean up the BIC"),
        _lt("It has 8 or 11 characters and no other sign."),
        client=_lt("Is this your BIC? Compare it with your bank statement (RIB)."),
    ),
    "bic_from_iban": Entry(
        _lt("Take the BIC of the bank of this IBAN"),
        _lt("From the register of French banks; compare it with the client's bank statement (RIB)."),
        client=_lt("This is the BIC of the bank of your IBAN: compare it with your bank statement (RIB)."),
    ),
    "bic_other_bank": Entry(
        _lt("Do BIC and IBAN belong to the same bank?"),
        _lt("The register of French banks has another BIC for this IBAN: compare with the bank statement (RIB)."),
        client=_lt(
            "This BIC does not seem to be that of the bank of your IBAN: compare both with your bank statement (RIB)."
        ),
    ),
    "holder_from_name": Entry(
        _lt("The client holds the account"),
        _lt("Title, name and first name of the client are filled in."),
        client=_lt("Is the account yours?"),
    ),
    "holder_title": Entry(
        _lt("Add the title of the account holder"),
        _lt("Urssaf expects the title, the name and the first name of the holder."),
        client=_lt("Urssaf expects the title, the name and the first name of the holder."),
    ),
    "holder_other": Entry(
        _lt("Does the account belong to the client?"),
        _lt("The holder bears another name: check it on the bank statement (RIB)."),
        client=_lt(
            "Is the account yours? The holder bears another name than you: check it on your bank statement (RIB). "
            "Leave the field empty if you are the holder."
        ),
    ),
}

ADDRESS_WARNINGS = {
    "address_number_moved": Entry(
        _lt("The street number has more than bis, ter or quater."),
        _lt("The first number is in its field, the whole in the complement: check both."),
    ),
    "address_abbreviated": Entry(
        _lt("Words of the address were shortened to fit."),
        _lt("Check that it can still be understood."),
    ),
    "address_street_whole": Entry(
        _lt("The street is written whole as lieu-dit."),
        _lt("Urssaf has no sure code for its type, or none was found, or it is too long: check it."),
    ),
    "address_spread": Entry(
        _lt("A line of the address goes on in another field."),
        _lt("Check that it can still be understood, or abbreviate it."),
    ),
    "address_cut": Entry(
        _lt("A part of the address fits nowhere."),
        _lt("Abbreviate the address so that nothing is missing."),
    ),
    "address_cedex": Entry(
        _lt("The address is that of a CEDEX."),
        _lt("Enter the postal code of the town where the client lives."),
        client=_lt(
            "The address of a CEDEX is not that of your home: enter the postal code and the town where you live."
        ),
    ),
}

UNKNOWN_SUGGESTION = Entry(
    _lt("Something can be better: %(code)s."),
    _lt("Check this value."),
)
