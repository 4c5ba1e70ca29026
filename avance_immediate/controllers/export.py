from odoo import fields
from odoo.http import Controller, content_disposition, request, route

from .. import export
from ..rights import MANAGER, check_user


class Export(Controller):
    @route("/avance_immediate/export", type="http", auth="user", methods=["GET"], readonly=True)
    def urssaf_export(self):
        """Give the spreadsheet of what Urssaf was sent: to managers, of all the companies that they have."""
        check_user(request.env, MANAGER)
        env = request.env(context={**request.env.context, "allowed_company_ids": request.env.user.company_ids.ids})
        name = f"urssaf-{fields.Date.context_today(env.user)}.xlsx"
        return request.make_response(
            export.workbook(env),
            headers=[
                ("Content-Type", export.MIMETYPE),
                ("Content-Disposition", content_disposition(name)),
                # Personal data: in no cache.
                ("Cache-Control", "no-store"),
            ],
        )
