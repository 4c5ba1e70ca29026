"""A database as version 19.0.1.3.0 left it is updated by Odoo: nothing is lost, and it goes on living."""

import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness import provider
from scripts import runtime
from scripts.console import run_logged
from tests.e2e.test_paying_once import check_paid_once
from tests.e2e.world import World

FORMER_VERSION = "19.0.1.3.0"
#: What lives in our tables, and what it has to do with Odoo's: rows that an update has no reason to touch.
TABLES = (
    "urssaf_registration",
    "urssaf_registration_attempt",
    "urssaf_consent",
    "urssaf_credentials",
    "urssaf_exchange",
    "urssaf_payment_request",
    "urssaf_payment_request_status",
    "urssaf_payout",
    "res_company",
    "account_move",
    "account_move_line",
    "account_payment",
    "account_partial_reconcile",
    "mail_activity",
    "mail_message",
)
IN_A_YEAR = "now() AT TIME ZONE 'UTC' + interval '1 year'"

#: Rows of the other environments, where no call goes: table, which row is copied, environment, and what else differs.
COPIES = (
    ("urssaf_credentials", "TRUE", "'sandbox'", {"client_id": "'a'"}),
    ("urssaf_credentials", "environment = 'simulator'", "'production'", {"client_id": "'b'"}),
    ("urssaf_exchange", "TRUE", "'sandbox'", {}),
    ("urssaf_exchange", "environment = 'simulator'", "'production'", {}),
    ("urssaf_registration", "state = 'active'", "'sandbox'", {"state": "'ended'", "next_try_at": "NULL"}),
    ("urssaf_registration", "state = 'active'", "'production'", {"state": "'erased'", "next_try_at": "NULL"}),
    ("urssaf_registration", "state = 'blocked'", "'sandbox'", {"state": "'to_complete'", "next_try_at": "NULL"}),
    ("urssaf_payment_request", "state = 'cancelled'", "'sandbox'", {"next_try_at": "NULL"}),
    ("urssaf_payment_request", "state = 'refused'", "'production'", {"next_try_at": "NULL"}),
)
COPY = """
INSERT INTO {table} SELECT new.* FROM (SELECT * FROM {table} WHERE {which} ORDER BY id LIMIT 1) AS one,
    jsonb_populate_record(NULL::{table}, to_jsonb(one) || jsonb_build_object(
        'id', nextval('{table}_id_seq'), 'environment', {environment}{others})) AS new
"""
#: A worker that died, a client who asked on the portal, a request that Urssaf does not show, payouts of elsewhere.
REST = f"""
UPDATE urssaf_registration SET state = 'sending'
WHERE id = (SELECT max(id) FROM urssaf_registration WHERE state = 'uncertain');
UPDATE urssaf_registration
SET portal_requested_at = state_date, next_try_at = {IN_A_YEAR}, auto_register = TRUE WHERE state = 'to_register';
UPDATE urssaf_payment_request SET state = 'sending'
WHERE id = (SELECT max(id) FROM urssaf_payment_request WHERE state = 'uncertain');
UPDATE urssaf_payment_request SET is_not_shown = TRUE, problems = '[{{"code": "not_shown", "params": {{}}}}]'
WHERE state = 'closed';
INSERT INTO urssaf_payout (request_id, holder_id, company_id, partner_id, environment, sequence, state, amount,
    announced_amount, next_try_at)
SELECT id, holder_id, company_id, partner_id, environment, 1,
    CASE environment WHEN 'sandbox' THEN 'not_booked' ELSE 'to_record' END, amount, amount, {IN_A_YEAR}
FROM urssaf_payment_request WHERE environment != 'simulator';
"""

#: Tables that the former version had not, those first that refer to others.
NEW_TABLES = ("urssaf_recovery", "urssaf_transfer")
#: Columns that it had not, but for those of `NEW_TABLES`.
NEW_COLUMNS = {
    "account_bank_statement_line": ("urssaf_matched_by",),
    "account_payment": ("urssaf_transfer_id",),
    "res_company": ("urssaf_partner_id", "urssaf_payment_mode"),
    "urssaf_credentials": ("api_name", "bound_at", "bound_name", "place", "told_at"),
    "urssaf_payment_request": ("is_not_shown", "validated_at", "expected_debit_date", "expected_payout_date"),
    "urssaf_payout": ("doubts", "fault_code", "line_id", "recovered_amount", "transfer_id", "undone"),
    "urssaf_registration": ("auto_register",),
}
#: What is made anew by the update, and so has other ids; and who filled the other new columns, when.
MADE_ANEW = {
    "account_payment": ("urssaf_transfer_id",),
    "urssaf_credentials": ("bound_at", "bound_name", "place", "write_date", "write_uid"),
    "urssaf_payment_request": ("write_date", "write_uid"),
    "urssaf_payout": ("transfer_id", "write_date", "write_uid"),
}
#: What is recorded: with which item and in which transfer; and what is asked about being taken back.
RECORDED = """
SELECT payout.id::text, payout.line_id::text, payment.urssaf_transfer_id = payout.transfer_id,
       transfer.date::text, transfer.account_id::text, transfer.environment
  FROM urssaf_payout payout
  JOIN urssaf_transfer transfer ON transfer.id = payout.transfer_id
  JOIN account_payment payment ON payment.id = payout.payment_id
UNION ALL
SELECT payout_id::text, status_id::text, FALSE, date::text, amount::text, code
  FROM urssaf_recovery WHERE state = 'to_decide'
ORDER BY 1, 2
"""
#: Fields that were renamed: table, as it was called, as it is.
RENAMED = (
    ("urssaf_payment_request", "amount_expected", "expected_payout_amount"),
    ("urssaf_registration_attempt", "by_itself", "is_automatic"),
    ("res_partner", "urssaf_civility", "urssaf_title"),
)
RENAME = """
ALTER TABLE {table} RENAME COLUMN {new} TO {old};
UPDATE ir_model_fields SET name = '{old}' WHERE name = '{new}' AND model = replace('{table}', '_', '.');
UPDATE ir_model_data SET name = replace(name, '{table}__{new}', '{table}__{old}')
WHERE module = 'avance_immediate' AND name ~ '^(field|selection)_+{table}__{new}(__|$)';
"""
#: Columns that hold an environment, by table.
ENVIRONMENTS = {
    "res_company": "urssaf_environment",
    "urssaf_credentials": "environment",
    "urssaf_exchange": "environment",
    "urssaf_payment_request": "environment",
    "urssaf_payout": "environment",
    "urssaf_registration": "environment",
}
#: Odoo's lists of values, of fields and of models, and its version. PostgreSQL keeps a constraint's text as a comment.
FORMER = f"""
UPDATE ir_model_fields_selection SET value = 'test', name = '{{"en_US": "Former", "fr_FR": "Ancien"}}'
WHERE value = 'sandbox' AND field_id IN (SELECT id FROM ir_model_fields WHERE name ~ '^(urssaf_)?environment$');
UPDATE ir_model_fields_selection SET value = 'sandbox', name = '{{"en_US": "Former", "fr_FR": "Ancien"}}'
WHERE value = 'simulator' AND field_id IN (SELECT id FROM ir_model_fields WHERE name ~ '^(urssaf_)?environment$');
UPDATE ir_model_data SET name = replace(name, 'environment__sandbox', 'environment__test')
WHERE model = 'ir.model.fields.selection' AND module = 'avance_immediate';
UPDATE ir_model_data SET name = replace(name, 'environment__simulator', 'environment__sandbox')
WHERE model = 'ir.model.fields.selection' AND module = 'avance_immediate';
ALTER TABLE urssaf_credentials
    ADD CONSTRAINT urssaf_credentials_company_environment_unique UNIQUE (company_id, environment);
COMMENT ON CONSTRAINT urssaf_credentials_company_environment_unique ON urssaf_credentials
    IS 'UNIQUE(company_id, environment)';
WITH model AS (
    INSERT INTO ir_model (model, name, "order", state, info)
    VALUES ('urssaf.portal.form', '{{"en_US": "Form"}}', 'id', 'base', '') RETURNING id
)
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT 'avance_immediate', 'model_urssaf_portal_form', 'ir.model', id, FALSE FROM model;
UPDATE ir_module_module SET latest_version = '{FORMER_VERSION}' WHERE name = 'avance_immediate';
"""
#: Odoo's lists of environments, with their labels, and of what is ours; PostgreSQL's of constraints and indexes.
LISTS = """
SELECT 'value', model, field.name, value, listed.name::text FROM ir_model_fields_selection AS listed
    JOIN ir_model_fields AS field ON field.id = field_id WHERE field.name ~ '^(urssaf_)?environment$'
UNION SELECT model, module, name, '', '' FROM ir_model_data WHERE module = 'avance_immediate'
UNION SELECT 'constraint', conname, '', '', pg_get_constraintdef(oid) FROM pg_constraint WHERE conname ~ '^urssaf_'
UNION SELECT 'index', indexname, '', '', indexdef FROM pg_indexes WHERE indexname ~ '^urssaf_'
"""


@pytest.fixture
def world():
    """Servers and a database of this test alone."""
    runtime.ensure()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        db = stack.enter_context(runtime.temporary_database("update"))
        yield World(db, folder, stack, "e2e-update")


# ---- A life until now


def have_registrations(world):
    """Have a client in each state that Urssaf or its absence brings about; `world.client` is active."""
    refused, blocked, *uncertain, waiting, _to_register = [world.new_client()[0] for _ in range(6)]
    world.simulator.call("POST", "registrations/next", codes=["ERR_CONTACT"])
    provider.register(world.user, refused)
    world.simulator.fault("register", "cut_after", times=len(uncertain))
    for registration in (*uncertain, blocked, waiting):
        provider.register(world.user, registration)
    id_client = world.registration(blocked)["id_client"]
    for step in ("activate", "block"):
        world.simulator.person_step(id_client, step)
    world.user.call("urssaf.registration", "action_refresh", [blocked])


def have_requests(world):
    """Have a payment request in each state; return the invoices, by what became of each."""
    names = ("sent", "paid", "refused", "cancelled", "to_settle", "closed", "other", "dismissed", "too much")
    moves = dict(zip(names, world.sent_invoices(len(names)), strict=True))
    numbers = dict(zip(names, world.names([*moves.values()]), strict=True))
    world.pay([moves[name] for name in ("paid", "to_settle", "closed")])
    for name, amount in (("other", 10), ("dismissed", 20), ("too much", 99_999)):
        world.simulator.step(numbers[name], "pay", force=True, amount=amount)
    world.simulator.step(numbers["refused"], "refuse", force=True, code="CONTEST_AUTRE", comment="Non")
    world.simulator.step(numbers["cancelled"], "cancel", force=True)
    refresh(world, moves)
    for name in ("to_settle", "closed"):
        world.simulator.step(numbers[name], "recover", force=True)
    refresh(world, moves)
    requests = {request["move_id"]: request for request in world.requests([*moves.values()])}
    closed = requests[moves["closed"]]["id"]
    asked = world.admin.search("urssaf.recovery", [("request_id", "=", closed)])
    world.admin.call("urssaf.recovery", "action_dismiss", asked)
    world.admin.call("urssaf.payment.request", "action_close", [closed])
    world.admin.call("urssaf.payout", "action_dismiss", requests[moves["dismissed"]]["payout_ids"])
    return moves | have_unsent(world)


def refresh(world, moves):
    keys = [request["id"] for request in world.requests([*moves.values()])]
    world.user.call("urssaf.payment.request", "action_refresh", keys)


def have_unsent(world):
    """Have payment requests that Urssaf has not, may have, or did not take; return their invoices."""
    lost, rejected, queued = ([world.invoice() for _ in range(count)] for count in (2, 1, 2))
    world.simulator.call("POST", "requests/next", codes=["ERR_MANDAT_ECHU"])
    provider.send(world.user, rejected)
    world.run_cron("send")
    world.simulator.fault("send", "cut_after")
    provider.send(world.user, lost)
    world.run_cron("send")
    provider.send(world.user, queued)
    world.user.call("urssaf.payment.request", "action_withdraw", [world.request(queued[1])["id"]])
    return dict(zip(("uncertain", "sending", "rejected", "queued", "draft"), lost + rejected + queued, strict=True))


def have_the_rest(world):
    """Have what no call brings about: other environments, a process that died, news of long ago."""
    for table, which, environment, others in COPIES:
        others = "".join(f", '{name}', {value}" for name, value in others.items())
        world.sql(COPY.format(table=table, which=which, environment=environment, others=others))
    world.sql(REST)
    # What Odoo itself would have written of rows that came by SQL.
    world.sql("UPDATE urssaf_payout SET recovered_amount = 0 WHERE recovered_amount IS NULL")
    world.sql("DELETE FROM urssaf_queue")  # which the former version had not
    # What a company that chooses nothing has.
    world.sql("UPDATE res_company SET urssaf_payment_mode = 'transfer', urssaf_partner_id = NULL")


def check_states(world):
    """There is each state of each kind, or the test shows less than it says."""
    for table, model in (
        ("registration", "registration"),
        ("payment_request", "payment.request"),
        ("payout", "payout"),
    ):
        states = {state for (state,) in world.sql(f"SELECT DISTINCT state FROM urssaf_{table}")}
        assert states == set(world.admin.labels(f"urssaf.{model}", "state")), table
    for table, column in ENVIRONMENTS.items():
        found = {value for (value,) in world.sql(f"SELECT DISTINCT {column} FROM {table}")}
        assert table == "res_company" or found == {"simulator", "sandbox", "production"}, table


# ---- The former version, and the update


def become_former(world):
    """Turn the database into what the former version had stored."""
    for table, column in ENVIRONMENTS.items():
        former = f"CASE {column} WHEN 'simulator' THEN 'sandbox' WHEN 'sandbox' THEN 'test' ELSE {column} END"
        world.sql(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar USING {former}")
    # One doubt was kept, as what is the matter.
    world.sql("UPDATE urssaf_payout SET problem = doubts -> 0 WHERE jsonb_array_length(doubts) > 0")
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            forget_column(world, table, column)
    for table in NEW_TABLES:
        world.sql(f"DROP TABLE {table} CASCADE")
    for table, old, new in RENAMED:
        world.sql(RENAME.format(table=table, old=old, new=new))
    world.sql(FORMER)


def forget_column(world, table, column):
    """Leave nothing of a column: neither its constraints, nor what Odoo's lists say of it."""
    world.sql(f"ALTER TABLE {table} DROP COLUMN {column} CASCADE")
    [(model,)] = world.sql("SELECT model FROM ir_model WHERE replace(model, '.', '_') = %s", table)
    world.sql("DELETE FROM ir_model_fields WHERE model = %s AND name = %s", model, column)
    world.sql(
        "DELETE FROM ir_model_data WHERE module = 'avance_immediate' AND (name = %s OR starts_with(name, %s))",
        f"field_{table}__{column}",
        f"selection__{table}__{column}__",
    )


def stored(world):
    """Return the values of all rows of `TABLES`, and what is in `LISTS`."""
    found = {}
    for table in TABLES:
        for key, row in world.sql(f"SELECT id, to_jsonb({table}) FROM {table}"):
            found[table, key, "id"] = key
            kept = row.keys() - MADE_ANEW.get(table, ())
            found |= {(table, key, name): row[name] for name in kept if row[name] is not None}
    return found | {(kind, *name): value for kind, *name, value in world.sql(LISTS)}


def update(world):
    """Update the addon, and return the lines of Odoo's log that somebody should read."""
    config = runtime.odoo_conf(world.db)
    command = [sys.executable, "-m", "odoo", "-c", config, "--stop-after-init", "-u", "avance_immediate"]
    log = run_logged(command, world.name).read_text(encoding="utf-8")
    return re.findall(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*$", log, flags=re.MULTILINE)


def version(world):
    [(latest,)] = world.sql("SELECT latest_version FROM ir_module_module WHERE name = 'avance_immediate'")
    return latest


def differences(before, after):
    """Return the values that differ, as they were and as they are. No value and false say the same."""
    before, after = ({key: value for key, value in found.items() if value is not False} for found in (before, after))
    return {key: (before.get(key), after.get(key)) for key in before | after if before.get(key) != after.get(key)}


def test_updated_and_going_on(world):
    world.sql("UPDATE res_company SET urssaf_payment_mode = 'payout'")  # as the former version did
    have_registrations(world)
    moves = have_requests(world)
    have_the_rest(world)
    check_states(world)
    now, today, recorded = version(world), stored(world), world.sql(RECORDED)
    assert recorded
    world.kill_odoo()

    become_former(world)
    assert differences(today, stored(world)), "it is what it was"
    for _again in range(2):  # the second time from the same version, with what the first has made
        assert update(world) == []
        assert differences(today, stored(world)) == {}
        assert world.sql(RECORDED) == recorded
        assert version(world) == now != FORMER_VERSION
        world.sql("UPDATE ir_module_module SET latest_version = %s WHERE name = 'avance_immediate'", FORMER_VERSION)

    world.start_odoo()
    check_goes_on(world, moves)


# ---- A life from now on


def check_goes_on(world, moves):
    """What was at Urssaf is paid and booked once, what was queued goes once, and nothing goes again."""
    waiting = [moves[name] for name in ("sent", "uncertain", "sending", "queued")]
    sends = len(world.simulator.calls("send"))
    for _round in range(3):  # what was interrupted is looked up, twice at most, and not in the same round
        world.let_pass(minutes=60)
        world.run_cron("send")
    assert {request["state"] for request in world.requests(waiting)} == {"sent"}
    assert len(world.simulator.calls("send")) == sends + 1

    world.pay(waiting)
    for _round in range(2):
        world.let_pass(minutes=7 * 24 * 60)
        for name in ("refresh", "payout", "registration"):
            world.run_cron(name)
    check_paid_once(world, [*waiting, moves["paid"]])
    assert len(world.simulator.calls("send")) == sends + 1
    taken = [request["numFactureTiers"] for request in world.simulator.requests()]
    assert len(taken) == len(set(taken))
    assert set(taken) == set(world.names([move for name, move in moves.items() if name not in ("rejected", "draft")]))
    uncertain = world.sql("SELECT state FROM urssaf_registration WHERE state IN ('sending', 'uncertain')")
    assert not uncertain, "each client whom Urssaf may have is looked up"
