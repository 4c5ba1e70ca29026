"""`python3 -m scripts screenshots`: take the pictures of the user guide anew, from the demonstration's world.

The demonstration is played on a database of its own, a few things are added that it does not show (a new client, an
answer that is lost), and each screen is looked at in French with Chromium. The files go to `docs/images/`.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from PIL import Image

from harness import provider
from harness.rpc import Odoo, Steering

from . import paths, runtime
from .browser import Browser
from .console import step
from .demo import MARGIN
from .demo_scenario import Calendar
from .demo_story import Story

FOLDER = paths.CHECKOUT / "docs" / "images"
COLOURS = 256  # a picture of a screen needs no more, and weighs a third
SETTLE_SECONDS = 0.8  # animations, and what is loaded after the view
PHONE = (390, 844)

FORM = ".o_form_view .o_form_sheet"
LIST = ".o_list_view .o_data_row"
DIALOG = ".modal .o_form_view"
PORTAL_FORM = ".o_urssaf_registration form"
PORTAL_STATE = ".o_urssaf_registration [name=urssaf_state]"
PORTAL_ERROR = ".o_urssaf_registration .is-invalid"
INVOICES = "action-account.action_move_out_invoice"
CLIENTS = "action-account.res_partner_action_customer"

#: What a client types on the portal, and some of it as people mistype it.
TYPED = {
    **{"title": "2", "birth_name": "Durand", "first_names": "Claire Anne", "birth_date": "02/05/1985"},
    **{"birth_commune": "Villeurbanne", "mobile": "06 39 98 00 41", "street": "12 bis rue de la Paix"},
    **{"zip": "69100", "city": "Villeurbanne", "iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "AGRIFRPP"},
    "consent": "1",
}
MISTYPED = {**TYPED, "birth_name": "Durand2", "first_names": "Claire, Anne", "mobile": "01 22 33 44 55", "consent": ""}
#: Fills in the fields that the form has, by their names, and sends it.
FILL_IN = """
(selector, values) => {
    const form = document.querySelector(selector);
    for (const [name, value] of Object.entries(values)) {
        for (const field of form.querySelectorAll(`[name="${name}"]`)) {
            if (["radio", "checkbox"].includes(field.type)) {
                field.checked = field.type === "radio" ? field.value === value : Boolean(value);
            } else {
                field.value = value;
            }
        }
    }
    window.isFormerPage = true;
    HTMLFormElement.prototype.submit.call(form);
}
"""


def main() -> int:
    """Play the demonstration and take all pictures, or those whose names are given."""
    wanted = set(sys.argv[1:])
    runtime.ensure()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with runtime.stop_on_signals(), _world() as world:
        with Browser() as browser:
            camera = Camera(browser, world, wanted)
            for take in (_settings, _clients, _invoices, _requests, _money):
                take(camera)
        with Browser(*PHONE) as browser:
            browser.resize(*PHONE, mobile=True)
            camera = Camera(browser, world, wanted)
            for take in (_portal_invoice, _portal_registration):
                take(camera)
    return 0


class World:
    """The servers and sessions of the demonstration, once it has been played."""

    def __init__(self, odoo, simulator, story: Story):
        self.url, self.simulator, self.story = odoo.url, Steering(simulator.url), story
        self.admin, self.user = story.admin, story.user

    def invoice(self, *domain) -> int:
        """Return the last invoice of a domain."""
        return self.user.search("account.move", [("move_type", "=", "out_invoice"), *domain], limit=1)[0]

    def find(self, model: str, *domain) -> int:
        """Return the last record of a domain."""
        return self.user.search(model, list(domain), limit=1)[0]


@contextmanager
def _world():
    calendar = Calendar((datetime.now(timezone.utc) - MARGIN).replace(second=0, microsecond=0))
    clock = f"{calendar.start:%Y-%m-%dT%H:%M:%SZ}"
    with (
        tempfile.TemporaryDirectory() as folder,
        runtime.temporary_database("screenshots") as db,
        runtime.start_simulator(Path(folder) / "simulator.sqlite", clock) as simulator,
        runtime.start_odoo(db, max_cron_threads=1) as odoo,
    ):
        with step("setting up the sample provider"):
            provider.set_up(Odoo(odoo.url, db, *provider.ADMIN), simulator.url)
        admin, user = Odoo(odoo.url, db, *provider.ADMIN), Odoo(odoo.url, db, *provider.USER)
        story = Story(admin, user, Steering(simulator.url), db, calendar)
        story.run()
        yield World(odoo, simulator, story)


class Camera:
    """Takes the pictures that are wanted, each of a screen that a step led to."""

    def __init__(self, browser: Browser, world: World, wanted: set[str]):
        self.browser, self.world, self._wanted = browser, world, wanted

    def log_in(self, login: str, password: str) -> None:
        """Log in, in the place of whoever was."""
        # The page of whoever was may still ask for things, and get a session of its own: the form would be refused.
        self.browser.open("about:blank", "body")
        time.sleep(SETTLE_SECONDS)
        self.browser.call("Network.clearBrowserCookies")
        self.browser.open(f"{self.world.url}/web/login", "form.oe_login_form")
        fields = {"#login": login, "#password": password}
        for selector, value in fields.items():
            self.browser.evaluate(f"document.querySelector('{selector}').value = {json.dumps(value)}")
        self.browser.evaluate("document.querySelector('form.oe_login_form').submit()")
        self.browser.wait("document.querySelector('.o_main_navbar, .o_portal_wrap')")

    def open(self, path: str, ready: str = FORM) -> None:
        """Open a page of Odoo."""
        self.browser.open(f"{self.world.url}{path}", ready)

    def take(self, name: str, arrive: Callable[[], None], *, whole: bool = False) -> None:
        """Go where ``arrive`` leads and save what is shown as ``name``; of a telephone the ``whole`` page."""
        if self._wanted and name not in self._wanted:
            return
        with step(name):
            arrive()
            time.sleep(SETTLE_SECONDS)
            if whole:
                self._unroll()
                time.sleep(SETTLE_SECONDS)
            picture = Image.open(io.BytesIO(self.browser.screenshot()))
            picture.convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
            if whole:
                self.browser.resize(*PHONE, mobile=True)

    def _unroll(self) -> None:
        """Make the telephone's screen as high as the page."""
        width, height = PHONE
        shown = "Math.max(...['html', '#wrapwrap'].map((tag) => document.querySelector(tag)?.scrollHeight || 0))"
        self.browser.resize(width, max(height, int(self.browser.evaluate(shown))), mobile=True)


# ---- What is shown


def _settings(camera: Camera) -> None:
    camera.log_in(*provider.ADMIN)

    def arrive() -> None:
        camera.open("/odoo/settings", ".settings_tab")
        camera.browser.click(".settings_tab [data-key=account]")
        camera.browser.wait("document.querySelector('#urssaf_environment')")
        camera.browser.evaluate(
            "document.querySelector('#urssaf_environment').closest('.o_settings_container').previousElementSibling.scrollIntoView()"
        )

    camera.take("settings", arrive)


def _clients(camera: Camera) -> None:
    world, browser = camera.world, camera.browser
    camera.log_in(*provider.USER)
    france = world.user.one("res.country", [("code", "=", "FR")])
    values = {"name": "Agnès Delorme", "email": "agnes.delorme@example.com", "phone": "06 39 98 00 40", "lang": "fr_FR"}
    address = {"street": "24 bis rue Duguesclin", "zip": "69006", "city": "Lyon", "country_id": france}
    partner = world.user.create("res.partner", {**values, **address})

    def client() -> None:
        camera.open(f"/odoo/{CLIENTS}/{partner}")
        browser.click("a[name=urssaf]")

    camera.take("client", client)
    new = world.user.call("res.partner", "action_urssaf_open_registration", [partner])["res_id"]
    camera.take("registration_to_complete", lambda: camera.open(f"/odoo/urssaf-registrations/{new}"))
    slips = {"birth_name": "Mme Delorme", "first_names": "Agnès, Marie", "birth_date": "2052-04-17"}
    world.user.write("urssaf.registration", [new], {**slips, "email": "agnes.delorme@gmial.com"})

    def advice() -> None:
        camera.open(f"/odoo/urssaf-registrations/{new}")
        browser.wait("document.querySelector('.o_urssaf_advice')")
        browser.evaluate("document.querySelector('.o_form_sheet [name=title]').scrollIntoView()")

    camera.take("registration_advice", advice)
    known = {
        **{"title": "2", "birth_name": "Delorme", "first_names": "Agnès Marie", "birth_date": "1952-04-17"},
        **{"birth_department": "069", "birth_commune_code": "123", "birth_commune_name": "Lyon"},
        **{"iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "AGRIFRPP", "bank_holder": "Mme Agnès Delorme"},
        **{"address_city_code": "69386", "email": "agnes.delorme@example.com"},
    }
    world.user.write("urssaf.registration", [new], known)

    def consent() -> None:
        camera.open(f"/odoo/urssaf-registrations/{new}")
        browser.click("button[name=action_register]")
        browser.wait(f"document.querySelector('{DIALOG}')")

    camera.take("registration_consent", consent)
    for name, state in (("registration_waiting", "waiting"), ("registration_refused", "refused")):
        record = world.find("urssaf.registration", ("state", "=", state))
        camera.take(name, lambda record=record: camera.open(f"/odoo/urssaf-registrations/{record}"))
    camera.take("registrations", lambda: camera.open("/odoo/urssaf-registrations", LIST))


def _invoices(camera: Camera) -> None:
    world, browser, story = camera.world, camera.browser, camera.world.story
    period = story.calendar.this_month
    goods = [(story.products["cleaning"], 3)]
    ready = provider.create_invoice(world.user, story.partners["durand"], goods, period, period[1])

    def send() -> None:
        camera.open(f"/odoo/{INVOICES}/{ready}")
        browser.click("button[name=action_urssaf_send]")
        browser.wait(f"document.querySelector('{DIALOG}')")

    def send_many() -> None:
        camera.open(f"/odoo/{INVOICES}", LIST)
        time.sleep(SETTLE_SECONDS)
        # the invoices at the top are the newest: some can go, some cannot
        for row in range(5):
            browser.evaluate(f"document.querySelectorAll('.o_data_row .o_list_record_selector input')[{row}].click()")
        browser.click("button[name=action_urssaf_send]")
        browser.wait(f"document.querySelector('{DIALOG} .o_data_row')")

    camera.take(
        "product", lambda: camera.open(f"/odoo/action-account.product_product_action_sellable/{_template(world)}")
    )
    camera.take("invoice_send", send)
    camera.take("invoices_send", send_many)
    stuck = world.invoice(("invoice_line_ids.product_id", "=", story.products["supplies"]))
    camera.take("invoice_stuck", lambda: camera.open(f"/odoo/{INVOICES}/{stuck}"))
    for name, state in (("invoice", "sent"), ("invoice_refused", "refused")):
        move = world.invoice(("urssaf_state", "=", state))
        camera.take(name, lambda move=move: camera.open(f"/odoo/{INVOICES}/{move}"))
    world.simulator.fault("send", "cut_after")
    wizard, _stuck = provider.open_send_window(world.user, [ready])
    world.user.call("urssaf.send", "action_send", [wizard])


def _template(world: World) -> int:
    [row] = world.user.read("product.product", [world.story.products["cleaning"]], ["product_tmpl_id"])
    return row["product_tmpl_id"]


def _requests(camera: Camera) -> None:
    world, browser = camera.world, camera.browser
    uncertain = world.find("urssaf.payment.request", ("state", "=", "uncertain"))
    camera.take("request_uncertain", lambda: camera.open(f"/odoo/urssaf-payment-requests/{uncertain}"))
    camera.log_in(*provider.ADMIN)
    for name, state in (("request_paid", "paid"), ("request_to_settle", "to_settle")):
        record = world.find("urssaf.payment.request", ("state", "=", state))
        camera.take(name, lambda record=record: camera.open(f"/odoo/urssaf-payment-requests/{record}"))

    def board() -> None:
        camera.open("/odoo/urssaf-payment-requests", LIST)
        browser.click(".o_switch_view.o_kanban")
        browser.wait("document.querySelector('.o_kanban_record')")

    camera.take("requests_board", board)
    camera.take("payouts", lambda: camera.open("/odoo/urssaf-payouts", LIST))


def _money(camera: Camera) -> None:
    """Show what the accountant sees: the bank shows the transfer in two lines, and takes back half of a payout."""
    world, browser = camera.world, camera.browser
    world.admin.write(
        "res.users", [world.admin.uid], {"group_ids": [(4, world.admin.ref("account.group_account_basic"))]}
    )
    transfer = world.find("urssaf.transfer", ("state", "=", "booked"))
    [row] = world.admin.read("urssaf.transfer", [transfer], ["date", "amount"])
    taken_back = world.find("urssaf.payment.request", ("state", "=", "to_settle"))
    [request] = world.admin.read("urssaf.payment.request", [taken_back], ["amount"])
    bank = {"journal_id": world.admin.one("account.journal", [("type", "=", "bank")]), "date": row["date"]}
    first = round(row["amount"] / 3, 2)
    for amount, label in (
        (first, "VIR SEPA URSSAF AICI 1/2"),
        (round(row["amount"] - first, 2), "VIR SEPA URSSAF AICI 2/2"),
        (-round(request["amount"] / 2, 2), "PRLV SEPA URSSAF AICI"),
    ):
        line = world.admin.create("account.bank.statement.line", {**bank, "amount": amount, "payment_ref": label})
        if amount == first:
            part = line

    def bank_match() -> None:
        camera.open(f"/odoo/urssaf-bank/{part}")
        browser.click("button[name=action_urssaf_choose]")
        browser.click(".modal [name=is_part] input")
        browser.wait("document.querySelector('.modal button[name=action_match]')")

    def recovery() -> None:
        camera.open(f"/odoo/urssaf-payment-requests/{taken_back}")
        browser.click("button[name=action_take_back]")
        browser.wait(f"document.querySelector('{DIALOG}')")

    def month() -> None:
        camera.open("/odoo/urssaf-month")
        browser.click("[name=environment] input")
        browser.wait("document.querySelector('.o_select_menu_item')")
        browser.evaluate(
            "[...document.querySelectorAll('.o_select_menu_item')].find((e) => e.textContent.includes('Simul')).click()"
        )

    camera.take("bank_match", bank_match)
    camera.take("transfers", lambda: camera.open("/odoo/urssaf-transfers", LIST))
    camera.take("transfer", lambda: camera.open(f"/odoo/urssaf-transfers/{transfer}"))
    camera.take("recovery", recovery)
    camera.take("month", month)


def _log_in_as_client(camera: Camera, login: str, partner: int) -> None:
    admin = camera.world.admin
    groups = [(6, 0, [admin.ref("base.group_portal")])]
    values = {"login": login, "password": login, "partner_id": partner, "group_ids": groups, "lang": "fr_FR"}
    admin.create("res.users", values, no_reset_password=True)
    camera.log_in(login, login)


def _portal_invoice(camera: Camera) -> None:
    world = camera.world
    move = world.invoice(("urssaf_state", "=", "sent"))
    [row] = world.user.read("account.move", [move], ["partner_id"])
    _log_in_as_client(camera, "cliente", row["partner_id"])

    def invoice() -> None:
        camera.open(f"/my/invoices/{move}", "#invoice_content")
        camera.browser.wait("document.querySelector('#invoice_html')?.contentDocument?.querySelector('table')")

    camera.take("portal_invoice", invoice)


def _portal_registration(camera: Camera) -> None:
    """Lead a client through the registration on the portal; each step is taken, whichever pictures are wanted."""
    world, browser = camera.world, camera.browser
    contact = {"name": "Claire Martin", "email": "claire.martin@example.com", "lang": "fr_FR"}
    address = {"street": "12 bis rue de la Paix", "zip": "69100", "city": "Villeurbanne"}
    partner = world.admin.create("res.partner", {**contact, **address})
    _log_in_as_client(camera, "claire", partner)

    def look(ready: str) -> None:
        camera.open("/my/avance-immediate", ready)

    def send(typed: dict[str, str], ready: str) -> None:
        look(PORTAL_FORM)
        browser.evaluate(f"({FILL_IN})({json.dumps(PORTAL_FORM)}, {json.dumps(typed)})")
        browser.wait(f"!window.isFormerPage && document.querySelector({json.dumps(ready)})")

    camera.take("portal_form", lambda: look(PORTAL_FORM), whole=True)
    camera.take("portal_errors", lambda: send(MISTYPED, PORTAL_ERROR), whole=True)
    send(TYPED, PORTAL_STATE)
    camera.take("portal_asked", lambda: look(PORTAL_STATE), whole=True)
    registration = world.find("urssaf.registration", ("partner_id", "=", partner))
    provider.register(world.user, registration)
    camera.take("portal_waiting", lambda: look(PORTAL_STATE), whole=True)


if __name__ == "__main__":
    sys.exit(main())
