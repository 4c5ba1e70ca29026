"""What Urssaf was sent and what became of it, as a spreadsheet: for the archives, and before the addon goes.

Without the secrets, the bank accounts, the civil status, the messages, and what clients wrote.
"""

import io
from contextlib import contextmanager

from odoo import fields

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMN_WIDTH = 20  # characters
TITLE_SIZE = 31  # of a sheet: a spreadsheet takes no longer one
#: The columns, in their order: fields of the model, or fields of what one of these leads to.
SHEETS = {
    "urssaf.payment.request": (
        *("company_id", "holder_id", "environment", "number", "partner_id", "registration_id.id_client", "id_request"),
        *("invoice_date", "service_start", "service_end", "currency_id", "amount", "deposit"),
        *("expected_payout_date", "expected_payout_amount"),
        *("state", "state_date", "sent_at", "urssaf_status", "urssaf_status_label", "urssaf_status_date"),
        *("refusal_code", "refusal_reason", "transfer_date", "transfer_amount", "amount_paid_out"),
    ),
    "urssaf.registration": ("company_id", "holder_id", "environment", "partner_id", "id_client", "state", "state_date"),
    "urssaf.payout": (
        *("company_id", "holder_id", "environment", "request_id.number", "partner_id", "date", "currency_id", "amount"),
        *("state", "visible_payment_id"),
    ),
}


def workbook(env):
    """Return the spreadsheet as bytes (XLSX): a sheet for each model, with the records that this user may read.

    :param env: with the rights, the companies and the language of who asks
    :raise AccessError: this user may not read one of the models or fields
    """
    with spreadsheet() as (output, book, formats):
        for model, columns in SHEETS.items():
            fill(book.add_worksheet(_title(env, model)), env[model].search([], order="id"), columns, formats)
    return output.getvalue()


@contextmanager
def spreadsheet():
    """Give a stream, the workbook that is written to it at the end, and the formats of its cells by type of field."""
    import xlsxwriter  # noqa: PLC0415 # as Odoo does: it takes a while, for few requests

    output = io.BytesIO()
    # What a client or Urssaf wrote is a text, even where it begins as a formula or a link does.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(output, options) as book:
        formats = {
            "title": book.add_format({"bold": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
        }
        yield output, book, formats


def _title(env, model):
    titles = {
        "urssaf.payment.request": env._("Payment requests"),
        "urssaf.registration": env._("Registrations"),
        "urssaf.payout": env._("Payouts"),
    }
    return titles[model][:TITLE_SIZE]


def fill(sheet, records, columns, formats, counted=None):
    """Write a line of titles, and one for each of ``records``, which its user may read.

    What its cells are named after is not refused to who reads the record: the company above, its invoice. Clients are,
    where they are contacts of a branch alone.

    :param columns: fields, or fields of what one of these leads to
    :param counted: title of a last column, and its amount by id of the record
    """
    for place, path in enumerate(columns):
        sheet.write_string(0, place, _label(records, path))
    if counted:
        sheet.write_string(0, len(columns), counted[0])
    sheet.set_column(0, len(columns), COLUMN_WIDTH)
    sheet.freeze_panes(1, 0)
    for line, record in enumerate(records.sudo(), start=1):
        for place, path in enumerate(columns):
            target, name = _follow(record, path)
            value = _value(target, name)
            if value not in (False, None, ""):
                write_cell(sheet, line, place, value, formats.get(target._fields[name].type))
        if counted:
            sheet.write_number(line, len(columns), counted[1][record.id], formats["amount"])


def write_cell(sheet, line, place, value, cell_format):
    """Write a cell; a text as a text, since XlsxWriter before 3.2 takes one in ``{=…}`` for a formula, always."""
    write = sheet.write_string if isinstance(value, str) else sheet.write
    write(line, place, value, cell_format)


def _label(model, path):
    """Return the heading of a column, with the way to it as in Odoo's own exports: there may be two references."""
    steps = path.split(".")
    targets = [_follow(model.browse(), ".".join(steps[:length])) for length in range(1, len(steps) + 1)]
    return "/".join(target._fields[name]._description_string(model.env) for target, name in targets)


def _follow(record, path):
    """Return the record at the end of a path of fields, and the name of the last one."""
    *way, name = path.split(".")
    for step in way:
        record = record[step]
    return record, name


def _value(record, name):
    """Return what a cell shows: a text, a number, a date; a moment in the time zone of who asks."""
    field, value = record._fields[name], record[name]
    if name == "partner_id":
        value = value.sudo(False)._filtered_access("read")
    if field.type == "datetime" and value:
        return fields.Datetime.context_timestamp(record, value).replace(tzinfo=None)
    return field.convert_to_export(value, record)
