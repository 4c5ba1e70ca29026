from odoo import SUPERUSER_ID, api

TEMPLATES = ("mail_template_activation", "mail_template_blocked")


def migrate(cr, _version):
    """Let the ready e-mails name the company whose client it is where a branch, which does not read it, sends them.

    Their file is ``noupdate``: those that are there keep what people made of them, in each language.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
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
