"""What our own rules find before anything is sent (``urssaf.rules``): what is the matter, what to do."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

PROBLEMS = {
    # The client
    "civility_invalid": (
        _lt("The title is missing: Mr or Mrs."),
        _lt("Choose one of the two; Urssaf takes nothing else."),
    ),
    "birth_name_missing": (
        _lt("The birth name is missing."),
        _lt("Enter the birth name, as on the tax notice."),
    ),
    "birth_name_too_long": (
        _lt("The birth name is too long."),
        _lt("Urssaf takes %(max)s characters at most."),
    ),
    "birth_name_invalid": (
        _lt("The birth name holds a character that Urssaf refuses."),
        _lt("Keep letters, spaces, hyphens and straight apostrophes (') only, with a letter at both ends."),
    ),
    "usage_name_too_long": (
        _lt("The name in use is too long."),
        _lt("Urssaf takes %(max)s characters at most."),
    ),
    "usage_name_invalid": (
        _lt("The name in use holds a character that Urssaf refuses."),
        _lt("Keep letters, spaces, hyphens and straight apostrophes (') only, with a letter at both ends."),
    ),
    "first_names_missing": (
        _lt("The first names are missing."),
        _lt("Enter all the first names, as on the tax notice."),
    ),
    "first_names_too_long": (
        _lt("The first names are too long."),
        _lt("Urssaf takes %(max)s characters at most: leave out the last first names."),
    ),
    "first_names_invalid": (
        _lt("The first names are not written as Urssaf expects."),
        _lt("Separate them with one space, without commas; keep letters, hyphens and straight apostrophes (') only."),
    ),
    "name_couple": (
        _lt("A name is that of two people."),
        _lt(
            "Urssaf registers one person: keep the names of the one whom the invoices are made out to, and their title."
        ),
    ),
    "name_title": (
        _lt("A title (M., Mme…) stands in a name."),
        _lt("Take it out of the name: the title has a field of its own."),
    ),
    "name_digits": (
        _lt("There are digits in a name."),
        _lt("Take them out: Urssaf takes letters only."),
    ),
    "name_spaces": (
        _lt("There are too many spaces in a name."),
        _lt("Keep one space between two words, and none at the ends."),
    ),
    "birth_date_missing": (
        _lt("The date of birth is missing."),
        _lt("Enter the date of birth."),
    ),
    "birth_date_future": (
        _lt("The date of birth is in the future."),
        _lt("Correct the date of birth."),
    ),
    "birth_date_too_old": (
        _lt("By the date of birth the client is more than %(max)s years old."),
        _lt("Check the year of birth."),
    ),
    "birth_country_missing": (
        _lt("The country of birth is missing."),
        _lt("Choose the country of birth."),
    ),
    "birth_country_invalid": (
        _lt("The country of birth has no INSEE code of five digits."),
        _lt("Choose another country of birth, that which the territory belongs to."),
    ),
    "birth_place_abroad": (
        _lt("A French department or commune is given for somebody born abroad."),
        _lt("Leave them empty, or correct the country of birth."),
    ),
    "birth_place_missing": (
        _lt("The commune of birth is missing."),
        _lt("Choose it by its name or its postal code."),
    ),
    "birth_department_missing": (
        _lt("The department of birth is missing."),
        _lt("Enter the department, as it was on the day of birth."),
    ),
    "birth_department_invalid": (
        _lt("The department of birth is not written as Urssaf expects."),
        _lt("It has three characters, such as 069, 02B or 974."),
    ),
    "birth_commune_missing": (
        _lt("The code of the commune of birth is missing."),
        _lt("Enter the last three digits of its INSEE code: 123 for Lyon (69123)."),
    ),
    "birth_commune_invalid": (
        _lt("The code of the commune of birth is not written as Urssaf expects."),
        _lt("It has three digits: the last three of the INSEE code, 123 for Lyon (69123)."),
    ),
    "birth_commune_name_missing": (
        _lt("The name of the commune of birth is missing."),
        _lt("Enter it as on the birth certificate."),
    ),
    "birth_commune_name_invalid": (
        _lt("The name of the commune of birth is too long, or holds a semicolon."),
        _lt("Urssaf takes %(max)s characters at most."),
    ),
    "mobile_missing": (
        _lt("The mobile number is missing."),
        _lt("Urssaf writes to the client on it: enter a French mobile number."),
    ),
    "mobile_invalid": (
        _lt("The mobile number is not a French mobile number."),
        _lt("It begins with 06 or 07 (or +336, +337) and has ten digits."),
    ),
    "email_missing": (
        _lt("The e-mail address is missing."),
        _lt("Urssaf sends the activation link to it: enter an address that the client reads."),
    ),
    "email_invalid": (
        _lt("Urssaf does not take this e-mail address."),
        _lt("Check how it is written: letters without accents, digits, dots, hyphens and underscores around one @."),
    ),
    "email_plus": (
        _lt("Urssaf does not take an e-mail address with a plus sign (+)."),
        _lt("Ask the client for an address without it."),
    ),
    "address_number_invalid": (
        _lt("The street number is not a number from 1 to 9999."),
        _lt("Keep the digits; bis, ter or quater go in their own field, the rest in the complement."),
    ),
    "address_letter_unknown": (
        _lt("Urssaf does not know the letter after the street number."),
        _lt("Only bis, ter, quater and quinquies are possible; write anything else in the complement."),
    ),
    "address_letter_without_number": (
        _lt("There is a bis, ter or quater but no street number."),
        _lt("Enter the street number."),
    ),
    "address_street_type_unknown": (
        _lt("Urssaf does not know this type of street."),
        _lt("Choose another type, or write the street in the complement."),
    ),
    "address_street_type_missing": (
        _lt("The street has a name but no type."),
        _lt("Choose the type of street (rue, avenue, allée…), or write the street in the complement."),
    ),
    "address_street_name_missing": (
        _lt("The street has a type but no name."),
        _lt("Enter the name of the street."),
    ),
    "address_street_name_too_long": (
        _lt("The name of the street is too long."),
        _lt("Urssaf takes %(max)s characters at most: abbreviate it."),
    ),
    "address_complement_too_long": (
        _lt("The address complement is too long."),
        _lt("Urssaf takes %(max)s characters at most: abbreviate it."),
    ),
    "address_locality_too_long": (
        _lt("The locality is too long."),
        _lt("Urssaf takes %(max)s characters at most: abbreviate it."),
    ),
    "address_incomplete": (
        _lt("The address has no street, no complement and no locality."),
        _lt("Enter at least one of them."),
    ),
    "address_city_missing": (
        _lt("The town of the address is missing."),
        _lt("Choose it by its name or its postal code."),
    ),
    "address_city_too_long": (
        _lt("The name of the town is too long."),
        _lt("Urssaf takes %(max)s characters at most."),
    ),
    "address_city_code_missing": (
        _lt("The town of the address is not known yet."),
        _lt("Choose it by its name or its postal code."),
    ),
    "address_city_code_invalid": (
        _lt("The INSEE code of the town is not well written."),
        _lt("It has five characters and is not the postal code: 69383 for Lyon 3e."),
    ),
    "address_zip_invalid": (
        _lt("The postal code is missing or not well written."),
        _lt("It has five digits."),
    ),
    "address_not_in_france": (
        _lt("The address is not in France."),
        _lt("The immediate advance is for households that live in France: correct the country of the address."),
    ),
    "bic_missing": (
        _lt("The BIC of the client's bank is missing."),
        _lt("Copy it from the client's bank statement (RIB)."),
    ),
    "bic_invalid": (
        _lt("The BIC is not well written."),
        _lt("It has 8 or 11 characters: copy it again from the client's bank statement (RIB)."),
    ),
    "bic_not_french": (
        _lt("The BIC is that of a bank abroad."),
        _lt("Urssaf only debits accounts held in France: ask the client for another account."),
    ),
    "iban_missing": (
        _lt("The client's IBAN is missing."),
        _lt("Copy it from the client's bank statement (RIB)."),
    ),
    "iban_invalid": (
        _lt("The IBAN is not right: its check digits do not fit, or a character is missing."),
        _lt("Copy it again from the client's bank statement (RIB)."),
    ),
    "iban_not_french": (
        _lt("The IBAN is that of an account abroad."),
        _lt("Urssaf only debits accounts held in France: ask the client for another account."),
    ),
    "holder_missing": (
        _lt("The holder of the account is missing."),
        _lt("Enter the title, the name and the first name of the holder."),
    ),
    "holder_too_long": (
        _lt("The holder of the account is too long."),
        _lt("Urssaf takes %(max)s characters at most."),
    ),
    "holder_invalid": (
        _lt("The holder of the account is not a name."),
        _lt("Enter the title, the name and the first name of the holder."),
    ),
    # The invoice
    "billing_id_missing": (
        _lt("The name of the provider is missing."),
        _lt("Enter the name of the company."),
    ),
    "client_id_missing": (
        _lt("The client is not registered with Urssaf."),
        _lt("Register the client first."),
    ),
    "client_birth_date_missing": (
        _lt("The client's date of birth is missing."),
        _lt("Enter it on the client's form: Urssaf compares it with the registration."),
    ),
    "number_missing": (
        _lt("The invoice has no number."),
        _lt("Post the invoice first."),
    ),
    "invoice_date_missing": (
        _lt("The invoice has no date."),
        _lt("Enter the date of the invoice."),
    ),
    "invoice_before_activation": (
        _lt("The invoice is dated %(date)s, before the client's activation on %(since)s."),
        _lt("Only invoices dated after the activation can be sent."),
    ),
    "period_start_missing": (
        _lt("The first day of service is missing."),
        _lt("Enter it on the invoice."),
    ),
    "period_end_missing": (
        _lt("The last day of service is missing."),
        _lt("Enter it on the invoice."),
    ),
    "period_future": (
        _lt("The service ends on %(end)s, in the future."),
        _lt("Only a service that is completely done can be sent: wait, or correct the day."),
    ),
    "period_reversed": (
        _lt("The last day of service (%(end)s) comes before the first (%(start)s)."),
        _lt("Correct the days of service."),
    ),
    "period_two_months": (
        _lt("The services extend over two months, from %(start)s to %(end)s."),
        _lt("Make one invoice for each calendar month."),
    ),
    "period_before_activation": (
        _lt("The service begins on %(start)s, before the client's activation on %(since)s."),
        _lt("Only services done since the activation can be sent; bill the others in the ordinary way."),
    ),
    "amount_missing": (
        _lt("The invoice has no amount."),
        _lt("Add the services to the invoice."),
    ),
    "amount_negative": (
        _lt("An amount is negative: %(amount)s."),
        _lt("Discounts and credit notes cannot be sent: make an invoice with positive amounts only."),
    ),
    "amount_decimals": (
        _lt("An amount has more than two decimals: %(amount)s."),
        _lt("Round it to the cent."),
    ),
    "total_mismatch": (
        _lt("The total is %(total)s, but the lines add up to %(sum)s."),
        _lt("Check the lines: no discount, no rounding line."),
    ),
    "deposit_too_high": (
        _lt("The deposit (%(deposit)s) exceeds half of the invoice (%(total)s)."),
        _lt("A deposit may not exceed half of the amount: correct it."),
    ),
    "deposit_date_missing": (
        _lt("The day on which the deposit was paid is missing."),
        _lt("Enter it."),
    ),
    "lines_missing": (
        _lt("The invoice has no line."),
        _lt("Add the services to the invoice."),
    ),
    # Its lines
    "line_nature_missing": (
        _lt("Line %(line)s has no nature of service."),
        _lt("Choose the nature on the product of the line."),
    ),
    "line_nature_unknown": (
        _lt("Line %(line)s has a nature of service that Urssaf does not know."),
        _lt("Choose another nature on the product of the line."),
    ),
    "line_nature_not_eligible": (
        _lt("Line %(line)s cannot be advanced: %(nature)s."),
        _lt("Take the line off this invoice and bill it apart, or correct the nature on its product."),
    ),
    "line_activity_invalid": (
        _lt("The activity of line %(line)s does not go with its nature."),
        _lt("Leave the activity empty: it is optional."),
    ),
    "line_unit_invalid": (
        _lt("Line %(line)s is neither in hours nor a lump sum."),
        _lt("Choose the unit on the product of the line."),
    ),
    "line_value_missing": (
        _lt("Line %(line)s lacks a quantity or an amount."),
        _lt("Complete the line."),
    ),
    "line_negative": (
        _lt("Line %(line)s is negative: %(amount)s."),
        _lt("Discounts cannot be sent: lower the price of the service instead."),
    ),
    "line_price_decimals": (
        _lt("The unit price, tax included, of line %(line)s needs more than two decimals: %(amount)s."),
        _lt(
            "Change the quantity or the price so that the price, tax included, falls on a cent; or sell the service "
            "as a lump sum with quantity 1."
        ),
    ),
    "line_decimals": (
        _lt("A value of line %(line)s has more than two decimals: %(amount)s."),
        _lt("Round it to two decimals."),
    ),
    "line_amount_mismatch": (
        _lt("Line %(line)s amounts to %(amount)s, but its quantity times its unit price makes %(expected)s."),
        _lt("Change the quantity or the price, tax included, so that they give the amount to the cent."),
    ),
    "line_vat_mismatch": (
        _lt("On line %(line)s the amount without tax and the tax do not add up to %(amount)s."),
        _lt("Check the taxes of the line."),
    ),
    "line_worker_missing": (
        _lt("Line %(line)s does not say who came."),
        _lt(
            "Enter the SAP number of the company in the settings, or the number of the person who came on the invoice."
        ),
    ),
    "line_worker_invalid": (
        _lt("The number of the person who came, on line %(line)s, is not well written."),
        _lt("It is SAP and 9 digits, or SIR and 14 digits (SIRET)."),
    ),
    "line_worker_checksum": (
        _lt("The number of the person who came, on line %(line)s, is no existing SIREN or SIRET."),
        _lt("A digit must be wrong: check it."),
    ),
    "line_period_reversed": (
        _lt("On line %(line)s the last day (%(end)s) comes before the first (%(start)s)."),
        _lt("Correct the days of the line."),
    ),
    "line_outside_period": (
        _lt("Line %(line)s is dated %(date)s, outside of the days of service of the invoice."),
        _lt("Correct the day of the line, or the days of service of the invoice."),
    ),
}

UNKNOWN_PROBLEM = (
    _lt("Urssaf would refuse this: %(code)s."),
    _lt("The administrator can say more."),
)
