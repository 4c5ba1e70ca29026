"""The sample provider, built over Odoo's interface: what an administrator sets, and what the daily work enters.

All functions take an :class:`~harness.rpc.Odoo`: the administrator's session where settings are changed, otherwise
that of an ordinary user of the avance immédiate.
"""

from __future__ import annotations

from datetime import date

from .people import BIC, CLIENTS, PRODUCTS, Client, Product, iban, mobile
from .rpc import Odoo, OdooError

ADMIN = ("admin", "admin")
USER = ("gestion", "gestion")
NAME = "Les Tilleuls, services à la personne"
SIREN = "732829320"
SAP_NUMBER = f"SAP{SIREN}"
LANGUAGE = {"lang": "fr_FR", "tz": "Europe/Paris"}


def set_up(admin: Odoo, simulator_url: str) -> None:
    """Make the company a provider that uses the simulator, with one user for the daily work.

    Payouts are booked although they are no money. The database is marked as a copy: the addon never lets such a one
    reach Urssaf's production, whatever somebody types into the settings later.
    """
    admin.call("ir.config_parameter", "set_param", "database.is_neutralized", "true")
    [company] = admin.search("res.company", [])
    [partner] = admin.read("res.company", [company], ["partner_id"])
    address = {"street": "18 rue des Tilleuls", "zip": "69003", "city": "Lyon", "vat": f"FR44{SIREN}"}
    admin.write("res.company", [company], {"name": NAME, "email": "contact@example.com", **address})
    admin.write("res.partner", [partner["partner_id"]], {"lang": "fr_FR"})
    admin.write("res.users", [admin.uid], LANGUAGE)
    user = _create_user(admin)
    journal = admin.one("account.journal", [("type", "=", "bank"), ("company_id", "=", company)])
    save_settings(
        admin,
        {
            **_simulator_access(simulator_url),
            "urssaf_sap_number": SAP_NUMBER,
            "urssaf_journal_id": journal,
            "urssaf_user_id": user,
            "urssaf_send_by_default": True,
            "urssaf_book_test_payouts": True,
        },
    )
    settings = admin.create("res.config.settings", {})
    admin.call("res.config.settings", "action_urssaf_set_up_payouts", [settings])


def save_settings(admin: Odoo, values: dict) -> None:
    """Change settings and press "Save"."""
    settings = admin.create("res.config.settings", values)
    admin.call("res.config.settings", "execute", [settings])


def _simulator_access(url: str) -> dict:
    return {
        "urssaf_environment": "simulator",
        "urssaf_address": url,
        "urssaf_client_id": "simulator-client",
        "urssaf_client_secret": "simulator-secret",
    }


def test_connection(admin: Odoo) -> str:
    """Press "Test the connection"; return what it says."""
    settings = admin.create("res.config.settings", {})
    return admin.call("res.config.settings", "action_urssaf_test_connection", [settings])["params"]["message"]


def refusal_of_production(admin: Odoo, simulator_url: str) -> str:
    """Try to reach Urssaf's production from this database; return the words in which the addon refuses.

    :raise RuntimeError: it does not refuse
    """
    access = {"urssaf_environment": "production", "urssaf_client_id": "nobody", "urssaf_client_secret": "nothing"}
    save_settings(admin, {**access, "urssaf_confirm_production": True})
    try:
        test_connection(admin)
    except OdooError as error:
        if error.kind != "odoo.exceptions.UserError":
            raise
        return str(error)
    finally:
        save_settings(admin, _simulator_access(simulator_url))
        unused = admin.search("urssaf.credentials", [("environment", "=", "production")])
        admin.call("urssaf.credentials", "unlink", unused)
    raise RuntimeError("This database could reach Urssaf's production.")


def _create_user(admin: Odoo) -> int:
    login, password = USER
    return admin.create(
        "res.users",
        {
            "name": "Gestion",
            "login": login,
            "password": password,
            "email": "gestion@example.com",
            "group_ids": [(4, admin.ref("avance_immediate.group_urssaf_user"))],
            **LANGUAGE,
        },
    )


def create_products(admin: Odoo) -> dict[str, int]:
    """Create the services that the provider sells; return their ids by the keys of `PRODUCTS`."""
    return {key: _create_product(admin, product) for key, product in PRODUCTS.items()}


def _create_product(admin: Odoo, product: Product) -> int:
    is_hourly = product.nature and product.unit == "HEURE"
    nature = product.nature and admin.one("urssaf.nature", [("code", "=", product.nature)])
    return admin.create(
        "product.product",
        {
            "name": product.name,
            "type": "service" if product.nature else "consu",
            "list_price": product.price,
            "uom_id": admin.ref("uom.product_uom_hour" if is_hourly else "uom.product_uom_unit"),
            "taxes_id": [(6, 0, [_tax(admin, product.vat)])],
            "urssaf_nature_id": nature,
            "urssaf_unit": product.unit,
        },
    )


def _tax(admin: Odoo, rate: int) -> int:
    """Return the chart's tax on services of that rate, due on receipts, for prices that include it."""
    name = {10: "tva_intermediaire", 20: "tva_normale"}[rate]
    [company] = admin.search("res.company", [])
    tax = admin.ref(f"account.{company}_{name}_encaissement_ttc")
    admin.write("account.tax", [tax], {"active": True})
    return tax


def create_client(user: Odoo, client: Client, number: int) -> int:
    """Create the contact of a client; return its id. `number` tells clients apart in what must differ."""
    house, kind, street, zip_code, city, _code = client.address
    born, department, commune, place = client.birth
    france = user.one("res.country", [("code", "=", "FR")])
    born_in = user.one("urssaf.birth.country", [("country_id", "=", france)])
    streets = {"R": "rue", "AV": "avenue", "PL": "place", "BD": "boulevard", "CHE": "chemin", "CRS": "cours"}
    return user.create(
        "res.partner",
        {
            "name": client.name,
            "email": f"client{number:02}@example.com",
            "phone": mobile(number),
            "street": f"{house} {streets[kind]} {street}",
            "zip": zip_code,
            "city": city,
            "country_id": france,
            "lang": "fr_FR",
            "urssaf_title": client.title,
            "urssaf_birth_name": client.birth_name,
            "urssaf_usage_name": client.usage_name,
            "urssaf_first_names": client.first_names,
            "urssaf_birth_date": born,
            "urssaf_birth_country_id": born_in,
            "urssaf_birth_department": department,
            "urssaf_birth_commune_code": commune,
            "urssaf_birth_commune_name": place,
        },
    )


def prepare_registration(user: Odoo, partner: int, client: Client, number: int) -> int:
    """Open the client's registration and complete it; return its id."""
    registration = user.call("res.partner", "action_urssaf_open_registration", [partner])["res_id"]
    house, kind, street, zip_code, city, city_code = client.address
    title = {"1": "M.", "2": "Mme"}[client.title]
    values = {
        "mobile": mobile(number),
        "iban": iban(number),
        "bic": BIC,
        "bank_holder": f"{title} {client.first_names} {client.usage_name or client.birth_name}",
        "address_number": house,
        "address_street_type": kind,
        "address_street_name": street,
        "address_locality": False,
        "address_zip": zip_code,
        "address_city": city,
        "address_city_code": city_code,
    }
    user.write("urssaf.registration", [registration], values)
    return registration


def register(user: Odoo, registration: int) -> None:
    """Record the client's consent and register the client."""
    wizard = user.create("urssaf.register", {"registration_id": registration, "has_consent": True})
    user.call("urssaf.register", "action_register", [wizard])


def create_invoice(
    user: Odoo, partner: int, lines: list[tuple[int, float]], period: tuple[date, date], invoice_date: date
) -> int:
    """Create and post an invoice; return its id.

    :param lines: (product, quantity)
    :param period: first and last day of service
    """
    move = user.create(
        "account.move",
        {
            "move_type": "out_invoice",
            "partner_id": partner,
            "invoice_date": str(invoice_date),
            "urssaf_service_start": str(period[0]),
            "urssaf_service_end": str(period[1]),
            "invoice_line_ids": [(0, 0, {"product_id": product, "quantity": quantity}) for product, quantity in lines],
        },
    )
    user.call("account.move", "action_post", [move])
    return move


def open_send_window(user: Odoo, moves: list[int]) -> tuple[int, dict[int, tuple[str, str]]]:
    """Open the window that sends these invoices.

    :return: its id, and for each invoice that cannot go what it says (HTML) and the model of the record to correct
    """
    wizard = user.create("urssaf.send", {"move_ids": [(6, 0, moves)]})
    lines = user.search("urssaf.send.line", [("wizard_id", "=", wizard), ("is_ready", "=", False)])
    stuck = user.read("urssaf.send.line", lines, ["move_id", "problem_html", "target_model"])
    return wizard, {line["move_id"]: (line["problem_html"], line["target_model"]) for line in stuck}


def send(user: Odoo, moves: list[int]) -> dict:
    """Open that window and press "Send"; return what Odoo shows next."""
    wizard, _stuck = open_send_window(user, moves)
    return user.call("urssaf.send", "action_send", [wizard])


def plain_client(number: int) -> Client:
    """Return a client of no particular fate, for tests and measures that need many."""
    model = CLIENTS["durand"]
    letters = "".join("abcdefghij"[int(digit)] for digit in str(number))
    name = f"Essai{letters}"
    return Client(f"Jeanne {name}", model.title, name, "Jeanne", model.birth, model.address)
