from odoo import SUPERUSER_ID, api

WRITE_RULES = (
    "urssaf_registration_company_rule",
    "urssaf_registration_attempt_company_rule",
    "urssaf_consent_company_rule",
)
#: The rule on payouts, as it was, and as it lets the company book those of its branches.
PAYOUT_DOMAINS = (
    "[('company_id', 'in', company_ids)]",
    "['|', ('company_id', 'in', company_ids), ('holder_id', 'in', company_ids)]",
)


def migrate(cr, _version):
    """Leave to the rules on own companies, which were for everything, writing alone: other rules let read more.

    Their file is ``noupdate``: the new rules come with it, those that are there stay as they are.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in WRITE_RULES:
        if rule := env.ref(f"avance_immediate.{name}", raise_if_not_found=False):
            rule.perm_read = False
    payout_rule = env.ref("avance_immediate.urssaf_payout_company_rule", raise_if_not_found=False)
    if payout_rule and payout_rule.domain_force == PAYOUT_DOMAINS[0]:
        payout_rule.domain_force = PAYOUT_DOMAINS[1]
