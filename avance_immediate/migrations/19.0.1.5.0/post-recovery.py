from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Ask what Urssaf takes back of what it had turned before, and nobody has closed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    requests = env["urssaf.payment.request"].search(
        [("state", "=", "to_settle"), ("payout_ids.state", "=", "recorded")]
    )
    requests -= requests.filtered("recovery_ids")  # asked already, where this runs again
    requests._ask_what_is_taken_back()
    for request in requests.filtered("must_decide"):
        request.with_context(lang=request._working_lang())._sync_problems()
