"""The addon is uninstalled with data in it, leaves nothing of its own, and works when it is installed again."""

import sys
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import sql

from scripts import runtime
from scripts.console import run_logged

COMMUNES = 37_516
#: Where the addon's name stays: the list of the addons there are, messages about others' records, signals under way,
#: and what people look for that is not ours.
KNOWN = {"ir_module_module", "ir_module_module_dependency", "mail_message", "mail_mail", "bus_bus", "ir_filters"}

USE = """
from odoo import Command

company = env.company
company.write({"urssaf_environment": "simulator", "urssaf_sap_number": "SAP732829320", "urssaf_absence_minutes": 5})
env["urssaf.credentials"].create(
    {"company_id": company.id, "environment": "simulator", "client_id": "x", "client_secret": "y",
     "address": "http://127.0.0.1:1"}
)
client = env["res.partner"].create({"name": "Jeanne Durand", "email": "j@example.com", "urssaf_birth_name": "Durand"})
registration = env["urssaf.registration"]._prepare(client, company)
env["res.config.settings"].create({}).action_urssaf_set_up_payouts()
account, journal = company.urssaf_outstanding_account_id, env["account.journal"].search([("type", "=", "general")])[0]
amounts = [Command.create({"account_id": account.id, **{side: 60}}) for side in ("debit", "credit")]
env["account.move"].create({"journal_id": journal.id, "line_ids": amounts}).action_post()
registration.message_post(body="Bonjour", attachments=[("a.txt", b"a")])
kind = "avance_immediate.mail_activity_type_urssaf"
for record in (registration, client):
    record.activity_schedule(kind, summary="Urssaf")
nature = env.ref("avance_immediate.urssaf_nature_60")
product = env["product.product"].create({"name": "Vitres", "type": "service", "urssaf_nature_id": nature.id})
line = {"product_id": product.id, "quantity": 2, "price_unit": 30}
move = env["account.move"].create(
    {"move_type": "out_invoice", "partner_id": client.id, "invoice_line_ids": [Command.create(line)]}
)
move.action_post()
request = env["urssaf.payment.request"].create(
    {"move_id": move.id, "company_id": company.id, "environment": "simulator", "partner_id": client.id,
     "currency_id": move.currency_id.id}
)
for state in ("queued", "sending", "sent", "paid"):
    request._set_state(state, number=move.name, amount=move.amount_total)
env["urssaf.payout"].create({"request_id": request.id, "amount": 60, "state": "to_record"})
env["res.config.settings"].create({"urssaf_exchange_days": 30}).execute()
env["ir.config_parameter"].set_param("avance_immediate.overseas_birth_codes", "cut")
env["ir.default"].set("account.move", "urssaf_worker", "SAP732829320")
env["ir.filters"].create({"name": "a", "model_id": "account.move", "domain": "[('urssaf_state', '=', 'sent')]"})
env["ir.filters"].create({"name": "b", "model_id": "urssaf.payout"})
through = "['|', ('move_id.urssaf_state', '=', 0), ('id', '=', 1)]"
env["ir.filters"].create({"name": "c", "model_id": "account.move.line", "domain": through})
env["ir.filters"].create({"name": "d", "model_id": "account.move", "context": "{'group_by': ['urssaf_state']}"})
env["ir.filters"].create({"name": "theirs", "model_id": "res.partner", "domain": "[('email', 'ilike', '@urssaf.fr')]"})
columns = [Command.create({"name": name}) for name in ("name", "urssaf_state")]
env["ir.exports"].create({"name": "a", "resource": "account.move", "export_fields": columns})
env["ir.exports"].create({"name": "b", "resource": "urssaf.registration", "export_fields": columns})
mapping = {"column_name": "a", "res_model": "res.partner", "field_name": "urssaf_birth_name"}
env["base_import.mapping"].create([mapping, {**mapping, "res_model": "urssaf.registration", "field_name": "iban"}])
env["mail.template"].create({"name": "t", "model_id": env["ir.model"]._get_id("urssaf.registration")})
env.ref("avance_immediate.ir_cron_urssaf_send")._trigger()
env.ref("avance_immediate.ir_cron_urssaf_send").copy()
env.cr.commit()
"""
#: How many there are of what the button of the payouts makes: account, contact, payment method.
MADE = """
SELECT (SELECT count(*) FROM account_account WHERE name::text ~ 'Urssaf, avance'),
    (SELECT count(*) FROM res_partner WHERE name = 'Urssaf'),
    (SELECT count(*) FROM account_payment_method_line WHERE starts_with(name, 'Urssaf'))
"""
UNINSTALL = """
env["ir.module.module"].search([("name", "=", "avance_immediate")]).button_immediate_uninstall()
env.cr.commit()
"""
INSTALL = """
env["ir.module.module"].search([("name", "=", "avance_immediate")]).button_immediate_install()
env.cr.commit()
"""


@pytest.fixture
def db():
    runtime.ensure()
    with runtime.temporary_database("uninstall") as name:
        yield name


def shell(db: str, *codes: str) -> None:
    """Run code in Odoo's shell: a process of its own."""
    command = [sys.executable, "-m", "odoo", "shell", "-c", runtime.odoo_conf(db), "--no-http"]
    run_logged(command, "e2e-uninstall", text="".join(codes))


def rows(db: str, query: str, *values) -> list[tuple]:
    with closing(psycopg2.connect(dbname=db)) as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def schema(db: str) -> set[tuple]:
    """Return whatever the database has a name for: tables, columns, indexes, constraints, sequences, fields."""
    return set(
        rows(
            db,
            """
            SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public'
            UNION SELECT relkind::text, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION SELECT 'constraint', conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION SELECT 'field', model || '.' || name FROM ir_model_fields
            UNION SELECT 'id of ' || model, module || '.' || name FROM ir_model_data
            WHERE model NOT IN ('ir.module.module', 'ir.module.category')
            """,
        )
    )


def mentions(db: str) -> set[str]:
    """Return the tables that have the addon's name, or one of its models or fields, in a text."""
    texts = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    texts += " AND data_type IN ('text', 'character varying', 'jsonb')"
    found = set()
    with closing(psycopg2.connect(dbname=db)) as connection, connection.cursor() as cursor:
        cursor.execute(texts)
        for table, column in cursor.fetchall():
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            query = "SELECT FROM {table} WHERE {column}::text ~ 'urssaf[._]|avance_immediate' LIMIT 1"
            cursor.execute(sql.SQL(query).format(**names))
            if cursor.rowcount:
                found.add(table)
    return found


def test_uninstalled_and_installed_again(db):
    with runtime.temporary_database("without", with_addon=False) as other:
        before, mentioned = schema(other), mentions(other)
    shell(db, USE, UNINSTALL)
    assert schema(db) == before
    assert mentions(db) - KNOWN == mentioned - KNOWN
    assert rows(db, "SELECT name FROM ir_filters WHERE length(name) < 7") == [("theirs",)]
    assert rows(db, "SELECT state, amount_total > 0 FROM account_move") == [("posted", True)] * 2
    assert rows(db, MADE) == [(1, 0, 0)], "the account has entries, and stays"

    shell(db, INSTALL)
    assert rows(db, "SELECT count(*) FROM urssaf_commune WHERE active") == [(COMMUNES,)]
    assert rows(db, "SELECT urssaf_environment, urssaf_absence_minutes FROM res_company") == [(None, 10)]
    assert rows(db, "SELECT urssaf_state, urssaf_worker FROM account_move") == [(None, None)] * 2
    assert rows(db, "SELECT DISTINCT urssaf_unit FROM product_template") == [("HEURE",)]
    assert not rows(db, "SELECT key FROM ir_config_parameter WHERE starts_with(key, 'avance_immediate.')")
