import re

from odoo.http import request, route

from odoo.addons.account.controllers.portal import PortalAccount
from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal_registration_form import RegistrationForm, clean_text

PAGE = "/my/avance-immediate"
QUERY_MAX = 60
ANSWERS_MAX = 50


class RegistrationPortal(CustomerPortal):
    """The client's own registration. No address, hidden field or parameter says whose: only the session does."""

    def _urssaf_registrations(self):
        """Return the registrations with the rights of the system and the company by which the client may register."""
        registrations = request.env["urssaf.registration"].sudo()
        website = getattr(request, "website", None)
        company = registrations._portal_company(website and website.sudo().company_id)
        return registrations.with_company(company) if company else registrations, company

    @route(PAGE, type="http", auth="user", website=True, methods=["GET", "POST"], sitemap=False)
    def portal_urssaf_registration(self, edit="", **values):
        """Show where the registration stands and the form; on POST take what the client typed."""
        registrations, company = self._urssaf_registrations()
        if not company:
            return request.redirect("/my")
        form = RegistrationForm(registrations.env, registrations._portal_partner(), company)
        answer = {}
        if request.httprequest.method == "POST":
            confirmed = request.httprequest.form.getlist("confirmed")[:ANSWERS_MAX]
            answer = form.submit(form.clean(values), confirmed)
            if answer["is_done"]:
                return request.redirect(PAGE)
        page = self._urssaf_page(form, is_open=bool(edit or answer))
        response = request.render("avance_immediate.portal_registration", {**page, **answer})
        # Personal data: in no cache, and in no frame of another site.
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return response

    def _urssaf_page(self, form, *, is_open):
        registration = form.registration
        step = registration._portal_step()
        typed = form.initial()
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "urssaf_registration",
            "company": form.company,
            "registration": registration,
            "step": step,
            "has_form": registration._is_askable() and (is_open or not step or step["is_form_open"]),
            "can_edit": registration._is_askable(),
            "summary": form.summary() if step else [],
            "consent_text": registration._consent_text(form.partner, form.company.urssaf_holder_id),
            "typed": typed,
            "errors": {},
            "choices": {},
            "proposed": {},
            "is_asking": False,
            "advice": form.advice_after_refusal(typed),
            "countries": form.countries(),
            "masked_iban": form.masked_iban(),
            "is_locked": form.is_locked,
        }

    @route(f"{PAGE}/communes", type="jsonrpc", auth="user", website=True, readonly=True)
    def portal_urssaf_communes(self, text="", zip_code="", **_values):
        """Return the communes of a name or postal code. They are public; nothing else is looked at."""
        registrations, company = self._urssaf_registrations()
        text, zip_code = clean_text(text), clean_text(zip_code)
        zip_code = zip_code if re.fullmatch(r"[0-9]{5}", zip_code) else ""
        if not company or len(text) > QUERY_MAX or len(text) < 2 and not zip_code:
            return []
        return registrations.env["urssaf.commune"]._offered(text, zip_code)


class InvoicePortal(PortalAccount):
    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        # EXTENDS account: where the invoice stands at Urssaf
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        # A link to the invoice lends the rights of the system: here those of who has signed in count.
        is_client = request.env["account.move"].browse(invoice.id).has_access("read")
        return {**values, "urssaf_step": invoice._urssaf_portal_step(is_client)}
