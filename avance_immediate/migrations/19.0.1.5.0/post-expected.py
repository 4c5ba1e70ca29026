from odoo import SUPERUSER_ID, api

SIZE = 1000
FIELDS = ("validated_at", "expected_debit_date", "expected_payout_date", "expected_payout_amount")


def migrate(cr, _version):
    """Fill what is expected of Urssaf for the requests there are, and doubt the dates that nobody has doubted."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT id FROM urssaf_payment_request ORDER BY id")
    ids = [request_id for (request_id,) in cr.fetchall()]
    for start in range(0, len(ids), SIZE):
        fill(env["urssaf.payment.request"].browse(ids[start : start + SIZE]))
    for payout in env["urssaf.payout"].search([("state", "=", "to_record")]):
        doubt_date(payout.with_context(lang=payout._working_lang()))


def fill(requests):
    """Compute the fields of these requests anew, and forget what was read for it."""
    for name in FIELDS:
        requests.env.add_to_compute(requests._fields[name], requests)
    requests.flush_recordset(FIELDS)
    requests.env.invalidate_all()


def doubt_date(payout):
    """Ask a person about a payout with an impossible date: it waited in silence, or was about to be booked."""
    doubt = payout.request_id._doubt_about_date(payout.date)
    if doubt and not payout.confirmed_by_id:
        payout._write_with_problem(False, doubts=[doubt], state="to_confirm")
        payout.request_id._sync_problems(is_news=True)
