"""What our own rules find of a client before anything is sent (``urssaf.rules.person``, docs/api.md §2.1)."""

from odoo.tools.translate import LazyTranslate

from ..entry import Entry

_lt = LazyTranslate(__name__)

_COMMUNE = _lt("Choose your commune of birth in the list that opens as you type.")
_CITY = _lt("Choose your town in the list that opens as you type.")
_STREET = _lt("Write the number and the street, as on your mail: 8 rue du Soleil. 28 characters at most for the name.")
_NAME = _lt("Keep letters, spaces, hyphens and straight apostrophes (') only, with a letter at both ends.")

PERSON_RULES = {
    "title_invalid": Entry(
        _lt("The title is missing: Mr or Mrs."),
        _lt("Choose one of the two; Urssaf accepts nothing else."),
        client=_lt("Choose one of the two."),
    ),
    "birth_name_missing": Entry(
        _lt("The birth name is missing."),
        _lt("Enter the birth name, as on the tax notice."),
        client=_lt("Enter your birth name, as on your tax notice."),
    ),
    "birth_name_too_long": Entry(
        _lt("The birth name is too long."),
        _lt("Urssaf accepts %(max)s characters at most."),
        client=_lt("%(max)s characters at most."),
    ),
    "birth_name_invalid": Entry(
        _lt("The birth name holds a character that Urssaf refuses."),
        _lt("Keep letters, spaces, hyphens and straight apostrophes (') only, with a letter at both ends."),
        client=_NAME,
    ),
    "usage_name_too_long": Entry(
        _lt("The name in use is too long."),
        _lt("Urssaf accepts %(max)s characters at most."),
        client=_lt("%(max)s characters at most."),
    ),
    "usage_name_invalid": Entry(
        _lt("The name in use holds a character that Urssaf refuses."),
        _lt("Keep letters, spaces, hyphens and straight apostrophes (') only, with a letter at both ends."),
        client=_NAME,
    ),
    "first_names_missing": Entry(
        _lt("The first names are missing."),
        _lt("Enter all the first names, as on the tax notice."),
        client=_lt("Enter all your first names, as on your tax notice."),
    ),
    "first_names_too_long": Entry(
        _lt("The first names are too long."),
        _lt("Urssaf accepts %(max)s characters at most: leave out the last first names."),
        client=_lt("%(max)s characters at most: leave out the last first names."),
    ),
    "first_names_invalid": Entry(
        _lt("The first names are not written as Urssaf expects."),
        _lt("Separate them with one space, without commas; keep letters, hyphens and straight apostrophes (') only."),
        client=_lt("Separate them with one space, without commas; no digits, no title."),
    ),
    "name_couple": Entry(
        _lt("A name is that of two people."),
        _lt(
            "Urssaf registers one person: keep the names of the one whom the invoices are made out to, and their title."
        ),
        client=_lt("These are the names of two people: register one, by the name on their tax notice."),
    ),
    "name_title": Entry(
        _lt("A title (M., Mme…) stands in a name."),
        _lt("Take it out of the name: the title has a field of its own."),
        client=_lt("The title does not belong to the name."),
    ),
    "name_digits": Entry(
        _lt("There are digits in a name."),
        _lt("Take them out: Urssaf accepts letters only."),
        client=_lt("A name has no digits."),
    ),
    "name_spaces": Entry(
        _lt("There are too many spaces in a name."),
        _lt("Keep one space between two words, and none at the ends."),
    ),
    "birth_date_missing": Entry(
        _lt("The date of birth is missing."),
        _lt("Enter the date of birth."),
        client=_lt("Enter your date of birth."),
    ),
    "birth_date_future": Entry(
        _lt("The date of birth is in the future."),
        _lt("Correct the date of birth."),
        client=_lt("This date is in the future."),
    ),
    "birth_date_too_old": Entry(
        _lt("By the date of birth the client is more than %(max)s years old."),
        _lt("Check the year of birth."),
        client=_lt("Check the year of your birth."),
    ),
    "birth_country_missing": Entry(
        _lt("The country of birth is missing."),
        _lt("Choose the country of birth."),
        client=_lt("Choose your country of birth."),
    ),
    "birth_country_invalid": Entry(
        _lt("The country of birth has no INSEE code of five digits."),
        _lt("Choose another country of birth, that which the territory belongs to."),
        client=_lt("Choose another country: that which the territory belongs to."),
    ),
    "birth_place_abroad": Entry(
        _lt("A French department or commune is given for somebody born abroad."),
        _lt("Leave them empty, or correct the country of birth."),
    ),
    "birth_place_missing": Entry(
        _lt("The commune of birth is missing."),
        _lt("Choose it by its name or its postal code."),
        client=_COMMUNE,
    ),
    "birth_department_missing": Entry(
        _lt("The department of birth is missing."),
        _lt("Enter the department, as it was on the day of birth."),
        client=_COMMUNE,
    ),
    "birth_department_invalid": Entry(
        _lt("The department of birth is not written as Urssaf expects."),
        _lt("It has three characters, such as 069, 02B or 974."),
        client=_COMMUNE,
    ),
    "birth_commune_missing": Entry(
        _lt("The code of the commune of birth is missing."),
        _lt("Enter the last three digits of its INSEE code: 123 for Lyon (69123)."),
        client=_COMMUNE,
    ),
    "birth_commune_invalid": Entry(
        _lt("The code of the commune of birth is not written as Urssaf expects."),
        _lt("It has three digits: the last three of the INSEE code, 123 for Lyon (69123)."),
        client=_COMMUNE,
    ),
    "birth_commune_name_missing": Entry(
        _lt("The name of the commune of birth is missing."),
        _lt("Enter it as on the birth certificate."),
        client=_COMMUNE,
    ),
    "birth_commune_name_invalid": Entry(
        _lt("The name of the commune of birth is too long, or holds a semicolon."),
        _lt("Urssaf accepts %(max)s characters at most."),
        client=_lt("%(max)s characters at most, without a semicolon."),
    ),
    "mobile_missing": Entry(
        _lt("The mobile number is missing."),
        _lt("Urssaf writes to the client on it: enter a French mobile number."),
        client=_lt("Enter your mobile number: Urssaf sends you messages on it."),
    ),
    "mobile_invalid": Entry(
        _lt("The mobile number is not a French mobile number."),
        _lt("It begins with 06 or 07 (or +336, +337) and has ten digits."),
        client=_lt("A French mobile number begins with 06 or 07 and has ten digits."),
    ),
    "email_missing": Entry(
        _lt("The e-mail address is missing."),
        _lt("Urssaf sends the activation link to it: enter an address that the client reads."),
        client=_lt("Enter your e-mail address: Urssaf sends you the activation link."),
    ),
    "email_invalid": Entry(
        _lt("Urssaf does not take this e-mail address."),
        _lt("Check how it is written: letters without accents, digits, dots, hyphens and underscores around one @."),
        client=_lt("Check the address: letters without accents, digits, dots, hyphens around one @."),
    ),
    "email_plus": Entry(
        _lt("Urssaf does not take an e-mail address with a plus sign (+)."),
        _lt("Ask the client for an address without it."),
        client=_lt("Urssaf accepts no address with a plus sign (+): enter another one."),
    ),
    "address_number_invalid": Entry(
        _lt("The street number is not a number from 1 to 9999."),
        _lt("Keep the digits; bis, ter or quater go in their own field, the rest in the complement."),
        client=_STREET,
    ),
    "address_letter_unknown": Entry(
        _lt("Urssaf does not know the letter after the street number."),
        _lt("Only bis, ter, quater and quinquies are possible; write anything else in the complement."),
        client=_STREET,
    ),
    "address_letter_without_number": Entry(
        _lt("There is a bis, ter or quater but no street number."),
        _lt("Enter the street number."),
        client=_STREET,
    ),
    "address_street_type_unknown": Entry(
        _lt("Urssaf does not know this type of street."),
        _lt("Choose another type, or write the street in the complement."),
        client=_STREET,
    ),
    "address_street_type_missing": Entry(
        _lt("The street has a name but no type."),
        _lt("Choose the type of street (rue, avenue, allée…), or write the street in the complement."),
        client=_STREET,
    ),
    "address_street_name_missing": Entry(
        _lt("The street has a type but no name."),
        _lt("Enter the name of the street."),
        client=_STREET,
    ),
    "address_street_name_too_long": Entry(
        _lt("The name of the street is too long."),
        _lt("Urssaf accepts %(max)s characters at most: abbreviate it."),
        client=_STREET,
    ),
    "address_complement_too_long": Entry(
        _lt("The address complement is too long."),
        _lt("Urssaf accepts %(max)s characters at most: abbreviate it."),
        client=_lt("%(max)s characters at most: shorten it."),
    ),
    "address_locality_too_long": Entry(
        _lt("The locality is too long."),
        _lt("Urssaf accepts %(max)s characters at most: abbreviate it."),
        client=_STREET,
    ),
    "address_incomplete": Entry(
        _lt("The address has no street, no complement and no locality."),
        _lt("Enter at least one of them."),
        client=_STREET,
    ),
    "address_city_missing": Entry(
        _lt("The town of the address is missing."),
        _lt("Choose it by its name or its postal code."),
        client=_CITY,
    ),
    "address_city_too_long": Entry(
        _lt("The name of the town is too long."),
        _lt("Urssaf accepts %(max)s characters at most."),
        client=_lt("%(max)s characters at most."),
    ),
    "address_city_code_missing": Entry(
        _lt("The town of the address is not known yet."),
        _lt("Choose it by its name or its postal code."),
        client=_CITY,
    ),
    "address_city_code_invalid": Entry(
        _lt("The INSEE code of the town is not well written."),
        _lt("It has five characters and is not the postal code: 69383 for Lyon 3e."),
        client=_CITY,
    ),
    "address_zip_invalid": Entry(
        _lt("The postal code is missing or not well written."),
        _lt("It has five digits."),
        client=_lt("The postal code has five digits."),
    ),
    "address_not_in_france": Entry(
        _lt("The address is not in France."),
        _lt("The immediate advance is for households that live in France: correct the country of the address."),
    ),
    "bic_missing": Entry(
        _lt("The BIC of the client's bank is missing."),
        _lt("Copy it from the client's bank statement (RIB)."),
        client=_lt("Copy the BIC from your bank statement (RIB): it stands beside the IBAN."),
    ),
    "bic_invalid": Entry(
        _lt("The BIC is not well written."),
        _lt("It has 8 or 11 characters: copy it again from the client's bank statement (RIB)."),
        client=_lt("The BIC has 8 or 11 characters: copy it again from your bank statement (RIB)."),
    ),
    "bic_not_french": Entry(
        _lt("The BIC is that of a bank abroad."),
        _lt("Urssaf only debits accounts held in France: ask the client for another account."),
        client=_lt("This is a bank abroad. Urssaf only debits accounts held in France."),
    ),
    "iban_missing": Entry(
        _lt("The client's IBAN is missing."),
        _lt("Copy it from the client's bank statement (RIB)."),
        client=_lt("Copy your IBAN from your bank statement (RIB)."),
    ),
    "iban_invalid": Entry(
        _lt("The IBAN is not right: its check digits do not fit, or a character is missing."),
        _lt("Copy it again from the client's bank statement (RIB)."),
        client=_lt("A character is wrong or missing: copy it again from your bank statement (RIB)."),
    ),
    "iban_not_french": Entry(
        _lt("The IBAN is that of an account abroad."),
        _lt("Urssaf only debits accounts held in France: ask the client for another account."),
        client=_lt("Urssaf only debits accounts held in France: enter another account."),
    ),
    "holder_missing": Entry(
        _lt("The holder of the account is missing."),
        _lt("Enter the title, the name and the first name of the holder."),
        client=_lt("Enter the title, the name and the first name of the account holder."),
    ),
    "holder_too_long": Entry(
        _lt("The holder of the account is too long."),
        _lt("Urssaf accepts %(max)s characters at most."),
        client=_lt("%(max)s characters at most."),
    ),
    "holder_invalid": Entry(
        _lt("The holder of the account is not a name."),
        _lt("Enter the title, the name and the first name of the holder."),
        client=_lt("Enter the title, the name and the first name of the account holder: no IBAN here."),
    ),
}
