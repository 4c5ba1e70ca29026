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
TEMPLATES = ("mail_template_activation", "mail_template_blocked")


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
    let_branches_write(cr, env)


def let_branches_write(cr, env):
    """Let the ready e-mails name the company whose client it is where a branch, which does not read it, sends them."""
    templates = [env.ref(f"avance_immediate.{name}", raise_if_not_found=False) for name in TEMPLATES]
    cr.execute(
        """
        UPDATE mail_template
        SET body_html = replace(body_html::text, 'object.company_id', 'object.sudo().company_id')::jsonb,
            email_from = replace(email_from, 'object.company_id', 'object.sudo().company_id')
        WHERE id = ANY(%s)
        """,
        [[template.id for template in templates if template]],
    )
    env.invalidate_all()
