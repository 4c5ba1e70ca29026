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
        return _download(export.workbook(env), f"urssaf-{fields.Date.context_today(env.user)}.xlsx")

    @route("/avance_immediate/month", type="http", auth="user", methods=["GET"], readonly=True)
    def urssaf_month(self, company_ids="", **values):
        """Give the accountant's page as a spreadsheet: to whoever may open it, of the companies that they have.

        :param company_ids: those that the user works in, with commas; all where none is given
        :param values: of the page, as text: ``date``, ``date_from``, ``environment``, ``company_id``; or their defaults
        """
        own = request.env.user.company_ids.ids
        chosen = [company for company in own if str(company) in company_ids.split(",")] or own
        env = request.env(context={**request.env.context, "allowed_company_ids": chosen})
        month = env["urssaf.month"]._from_url(values)
        return _download(month._workbook(), f"urssaf-{month.date}.xlsx")


def _download(content, name):
    return request.make_response(
        content,
        headers=[
            ("Content-Type", export.MIMETYPE),
            ("Content-Disposition", content_disposition(name)),
            # Personal data: in no cache.
            ("Cache-Control", "no-store"),
        ],
    )
