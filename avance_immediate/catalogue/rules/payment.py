"""What our own rules find of an invoice before anything is sent (``urssaf.rules.payment``, docs/api.md §2.3)."""

from odoo.tools.translate import LazyTranslate

from ..entry import Entry

_lt = LazyTranslate(__name__)

PAYMENT_RULES = {
    "billing_id_missing": Entry(
        _lt("The name of the provider is missing."),
        _lt("Enter the name of the company."),
    ),
    "client_id_missing": Entry(
        _lt("The client is not registered with Urssaf."),
        _lt("Register the client first."),
    ),
    "client_birth_date_missing": Entry(
        _lt("The client's date of birth is missing."),
        _lt("Enter it on the client's form: Urssaf compares it with the registration."),
    ),
    "number_missing": Entry(
        _lt("The invoice has no number."),
        _lt("Post the invoice first."),
    ),
    "invoice_date_missing": Entry(
        _lt("The invoice has no date."),
        _lt("Enter the date of the invoice."),
    ),
    "invoice_before_activation": Entry(
        _lt("The invoice is dated %(date)s, before the client's activation on %(since)s."),
        _lt("Only invoices dated after the activation can be sent."),
    ),
    "period_start_missing": Entry(
        _lt("The first day of service is missing."),
        _lt("Enter it on the invoice."),
    ),
    "period_end_missing": Entry(
        _lt("The last day of service is missing."),
        _lt("Enter it on the invoice."),
    ),
    "period_future": Entry(
        _lt("The service ends on %(end)s, in the future."),
        _lt("Only a service that is completely done can be sent: wait, or correct the day."),
    ),
    "period_reversed": Entry(
        _lt("The last day of service (%(end)s) comes before the first (%(start)s)."),
        _lt("Correct the days of service."),
    ),
    "period_two_months": Entry(
        _lt("The services extend over two months, from %(start)s to %(end)s."),
        _lt("Make one invoice for each calendar month."),
    ),
    "period_before_activation": Entry(
        _lt("The service begins on %(start)s, before the client's activation on %(since)s."),
        _lt("Only services done since the activation can be sent; bill the others in the ordinary way."),
    ),
    "amount_missing": Entry(
        _lt("The invoice has no amount."),
        _lt("Add the services to the invoice."),
    ),
    "amount_negative": Entry(
        _lt("An amount is negative: %(amount)s."),
        _lt("Discounts and credit notes cannot be sent: make an invoice with positive amounts only."),
    ),
    "amount_decimals": Entry(
        _lt("An amount has more than two decimals: %(amount)s."),
        _lt("Round it to the cent."),
    ),
    "total_mismatch": Entry(
        _lt("The total is %(total)s, but the lines add up to %(sum)s."),
        _lt("Check the lines: no discount, no rounding line."),
    ),
    "deposit_too_high": Entry(
        _lt("The deposit (%(deposit)s) exceeds half of the invoice (%(total)s)."),
        _lt("A deposit may not exceed half of the amount: correct it."),
    ),
    "deposit_date_missing": Entry(
        _lt("The day on which the deposit was paid is missing."),
        _lt("Enter it."),
    ),
    "lines_missing": Entry(
        _lt("The invoice has no line."),
        _lt("Add the services to the invoice."),
    ),
    "line_nature_missing": Entry(
        _lt("Line %(line)s has no nature of service."),
        _lt("Choose the nature on the product of the line."),
    ),
    "line_nature_unknown": Entry(
        _lt("Line %(line)s has a nature of service that Urssaf does not know."),
        _lt("Choose another nature on the product of the line."),
    ),
    "line_nature_not_eligible": Entry(
        _lt("Line %(line)s cannot be advanced: %(nature)s."),
        _lt("Take the line off this invoice and bill it apart, or correct the nature on its product."),
    ),
    "line_activity_invalid": Entry(
        _lt("The activity of line %(line)s does not go with its nature."),
        _lt("Leave the activity empty: it is optional."),
    ),
    "line_unit_invalid": Entry(
        _lt("Line %(line)s is neither in hours nor a lump sum."),
        _lt("Choose the unit on the product of the line."),
    ),
    "line_value_missing": Entry(
        _lt("Line %(line)s lacks a quantity or an amount."),
        _lt("Complete the line."),
    ),
    "line_negative": Entry(
        _lt("Line %(line)s is negative: %(amount)s."),
        _lt("Discounts cannot be sent: lower the price of the service instead."),
    ),
    "line_price_decimals": Entry(
        _lt("The unit price, tax included, of line %(line)s needs more than two decimals: %(amount)s."),
        _lt(
            "Change the quantity or the price so that the price, tax included, falls on a cent; or sell the service "
            "as a lump sum with quantity 1."
        ),
    ),
    "line_decimals": Entry(
        _lt("A value of line %(line)s has more than two decimals: %(amount)s."),
        _lt("Round it to two decimals."),
    ),
    "line_amount_mismatch": Entry(
        _lt("Line %(line)s amounts to %(amount)s, but its quantity times its unit price makes %(expected)s."),
        _lt("Change the quantity or the price, tax included, so that they give the amount to the cent."),
    ),
    "line_vat_mismatch": Entry(
        _lt("On line %(line)s the amount without tax and the tax do not add up to %(amount)s."),
        _lt("Check the taxes of the line."),
    ),
    "line_worker_missing": Entry(
        _lt("Line %(line)s does not name the worker."),
        _lt("Enter the SAP number of the company in the settings, or the number of the worker on the invoice."),
    ),
    "line_worker_invalid": Entry(
        _lt("The number of the worker, on line %(line)s, is not well written."),
        _lt("It is SAP and 9 digits, or SIR and 14 digits (SIRET)."),
    ),
    "line_worker_checksum": Entry(
        _lt("The number of the worker, on line %(line)s, is no existing SIREN or SIRET."),
        _lt("A digit must be wrong: check it."),
    ),
    "line_period_reversed": Entry(
        _lt("On line %(line)s the last day (%(end)s) comes before the first (%(start)s)."),
        _lt("Correct the days of the line."),
    ),
    "line_outside_period": Entry(
        _lt("Line %(line)s is dated %(date)s, outside of the days of service of the invoice."),
        _lt("Correct the day of the line, or the days of service of the invoice."),
    ),
}
