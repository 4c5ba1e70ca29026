"""Users of each kind, records of each company, and two doors to them: what the tests of ``rights.csv`` work with."""

import re
from contextlib import contextmanager, nullcontext

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .common import CIVIL_STATUS, CONTACT, SAP_NUMBER, UrssafCommon
from .rights import KINDS, LETTERS, MANAGER, rows
from .rights_tries import FieldTries, MethodTries, RecordTries, Refused, RouteTries, Stopped

EXPORT = "base.group_allow_export"
CALL_KW = "/web/dataset/call_kw"
REFUSALS = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.http.SessionExpiredException",
}


class Orm:
    """Calls as the code does in the name of a user."""

    is_remote = False

    def __init__(self, test):
        self.test = test

    def enter(self, kind):
        self.user = self.test.users[kind]
        self.companies = self.test.companies[KINDS[kind][1]].ids
        self.sign_in(kind)

    def sign_in(self, kind):
        """Tell the server who calls, where it does not know."""

    def call(self, model, ids, method, *args, **kwargs):
        """Call a method on ``ids``, or on the model where this is None.

        :raise Refused: by the rights
        :raise Stopped: by anything else that Odoo tells the user
        """
        records = self.test.env[model].with_user(self.user).with_context(allowed_company_ids=self.companies)
        try:
            return getattr(records if ids is None else records.browse(ids), method)(*args, **kwargs)
        except (AccessError, MissingError) as error:
            raise Refused from error
        except UserError as error:
            raise Stopped(str(error)) from error


class Rpc(Orm):
    """Calls as the web client does, signed in as a user."""

    is_remote = True

    def sign_in(self, kind):
        login = None if kind == "public" else self.user.login
        self.test.authenticate(login, login)

    def call(self, model, ids, method, *args, **kwargs):
        args = args if ids is None else (ids, *args)
        return self.post(f"{CALL_KW}/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs)

    def post(self, path, **params):
        call = {"id": 0, "jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.test.opener.post(self.test.base_url() + path, json=call, timeout=30).json()
        if error := answer.get("error"):
            if error["data"]["name"] in REFUSALS:
                raise Refused
            raise Stopped(f"{error['data']['name']}: {error['data']['message']}")
        return answer.get("result")


#: What a record has to be for a method to have something to do.
PREPARED = {
    "action_withdraw": {"state": "queued"},
    "action_verify_claim": {"claimed_id_client": "abc"},
}


#: What a method that was let says where there is nothing at Urssaf for it.
STOPPED = {
    "action_adopt": "no single request",
    "action_match": "No line of the bank|nothing to match it with",
    "action_urssaf_match": "Nothing is proposed",
    "action_urssaf_undo": "not matched with a transfer",
    "action_book": "not posted",
    "action_dismiss": "just close the window",
    "action_take_back": "Nothing is left",
    "action_undo": "has decided this meanwhile",
}


class RightsCommon(UrssafCommon, HttpCase):
    """Three companies, of which one is a branch of another, with a record of each model in each of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        france = cls.env.ref("base.fr").id
        own = {"urssaf_environment": "simulator", "urssaf_sap_number": SAP_NUMBER}
        companies = cls.env["res.company"]
        cls.companies = {
            "main": cls.company,
            "other": companies.create({"name": "Autre", "country_id": france, **own}),
            "branch": companies.create({"name": "Agence", "parent_id": cls.company.id, **own}),
        }
        cls.records, cls.creations = {}, {}
        for of, company in cls.companies.items():
            cls._make_client(of, company)
        cls._make_users()
        cls.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
        for of, company in cls.companies.items():
            cls._make_requests(of, company)
            cls._make_rest(of, company)
        cls._make_bank()
        for of in cls.companies:
            cls._make_windows(of, cls.colleagues[of])
        for kind, user in cls.users.items():
            cls._make_windows(kind, user, KINDS[kind][1])
        cls._make_lists()
        cls._make_others()
        cls.env.flush_all()

    # === USERS === #

    @classmethod
    def _make_users(cls):
        cls.users = {}
        for kind, (groups, of) in KINDS.items():
            values = {"company_id": cls.companies[of].id, "company_ids": [Command.set(cls.companies[of].ids)]}
            if kind == "public":
                cls.users[kind] = cls.env.ref("base.public_user")
                cls.users[kind].write({**values, "group_ids": [Command.link(cls.env.ref(EXPORT).id)]})
                continue
            if kind == "portal":
                values["partner_id"] = cls.records["res.partner", "main"].id
            # Exporting is let by a group of its own: here nobody is stopped by not being in it.
            cls.users[kind] = new_test_user(cls.env, f"droits_{kind}", f"{groups},{EXPORT}", **values)
        cls.colleagues = {
            of: new_test_user(
                cls.env,
                f"collegue_{of}",
                MANAGER,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            for of, company in cls.companies.items()
        }

    # === RECORDS === #

    @classmethod
    def _keep(cls, model, of, values, created=None):
        """Make a record of a company, and keep the values that another one can be created with."""
        record = cls.env[model].create(values)
        cls.records[model, of] = record
        cls.creations[model, of] = created or values
        return record

    @classmethod
    def _make_client(cls, of, company):
        country = cls.env["urssaf.birth.country"]._of(cls.env.ref("base.fr")).id
        client = {"company_id": company.id, "urssaf_birth_country_id": country, **CIVIL_STATUS}
        partner, spare = cls.env["res.partner"].create(
            [{"name": name, "email": "client@example.com", **client} for name in ("Jeanne Durand", "Claire Durand")]
        )
        cls.records["res.partner", of] = partner
        own = {"company_id": company.id, "environment": "simulator", "email": "client@example.com"}
        cls._keep(
            "urssaf.registration", of, {"partner_id": partner.id, **own, **CONTACT}, {"partner_id": spare.id, **own}
        )

    @classmethod
    def _make_requests(cls, of, company):
        partner, registration = cls.records["res.partner", of], cls.records["urssaf.registration", of]
        moves = cls.env["account.move"]
        for _count in range(3):
            moves += cls.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.records["res.partner", "main"].id,
                    "invoice_date": "2026-06-16",
                    "urssaf_service_start": "2026-06-01",
                    "urssaf_service_end": "2026-06-15",
                    "invoice_line_ids": [Command.create({"product_id": cls.service.id, "quantity": 2})],
                }
            )
        moves.action_post()
        if of != "main":  # without a chart of accounts for each of them
            cls.env.flush_all()
            cls.env.cr.execute(
                """
                UPDATE account_move SET company_id = %(company)s, partner_id = %(partner)s,
                    commercial_partner_id = %(partner)s
                WHERE id = ANY(%(moves)s)
                """,
                {"company": company.id, "partner": partner.id, "moves": moves.ids},
            )
            cls.env.cr.execute(
                "UPDATE account_move_line SET company_id = %s WHERE move_id = ANY(%s)", [company.id, moves.ids]
            )
            cls.env.invalidate_all()
        cls.records["account.move", of], sent, spare = moves
        cls.records["account.move.line", of] = moves[0].invoice_line_ids
        values = {
            "company_id": company.id,
            "environment": "simulator",
            "partner_id": partner.id,
            "registration_id": registration.id,
            "currency_id": sent.currency_id.id,
        }
        numbered = {"number": sent.name, "amount": 60, "state": "uncertain", "payload": {"dateNaissanceClient": "1980"}}
        created = {"move_id": spare.id, **values}
        request = cls._keep("urssaf.payment.request", of, {"move_id": sent.id, **values, **numbered}, created)
        status = {"request_id": request.id, "code": "30", "date": "2026-06-17 08:00:00"}
        cls._keep("urssaf.payment.request.status", of, status)
        payout = {"request_id": request.id, "date": "2026-06-17", "amount": 60, "state": "to_confirm"}
        cls._keep("urssaf.payout", of, {**payout, "sequence": 1}, {**payout, "sequence": 2})
        found = {"res_model": "urssaf.payment.request", "res_id": request.id, "company_id": company.id}
        cls._keep("urssaf.disagreement", of, {**found, "kind": "line_lost"}, {**found, "kind": "amount_differs"})
        taken_back = {"payout_id": cls.records["urssaf.payout", of].id, "date": "2026-06-17"}
        cls._keep("urssaf.recovery", of, taken_back, {**taken_back, "state": "dismissed"})
        transfer = {"company_id": company.id, "holder_id": company.id, "account_id": cls.outstanding_account.id}
        transfer["environment"] = "simulator"
        cls._keep("urssaf.transfer", of, {**transfer, "date": "2026-06-17"}, {**transfer, "date": "2026-06-18"})

    @classmethod
    def _make_rest(cls, of, company):
        registration = cls.records["urssaf.registration", of]
        own = {"company_id": company.id, "environment": "simulator"}
        attempt = {"registration_id": registration.id, "date": "2026-06-17 08:00:00", "outcome": "refused"}
        cls._keep("urssaf.registration.attempt", of, attempt)
        cls._keep("urssaf.consent", of, {"registration_id": registration.id, "origin": "employee", "text": "oui"})
        about = {"res_model": "urssaf.registration", "res_keys": f",{registration.id},"}
        queue = {"holder_id": company.id, "environment": "simulator"}
        cls._keep("urssaf.queue", of, {**queue, "operation": "send"}, {**queue, "operation": "search"})
        cls._keep("urssaf.exchange", of, {**own, "operation": "status", **about})
        if of == "main":
            cls.records["urssaf.credentials", of] = cls.credentials
            cls.creations["urssaf.credentials", of] = {**own, "environment": "sandbox"}
        else:
            given = {"client_id": "simulator-client", "client_secret": "simulator-secret", "address": cls.simulator.url}
            cls._keep("urssaf.credentials", of, {**own, **given}, {**own, "environment": "sandbox"})
        settings = cls.env["res.config.settings"].with_company(company).create({})
        cls._keep("urssaf.secret.draft", of, {**own, "settings_id": settings.id})

    @classmethod
    def _make_bank(cls):
        """Make a line of the bank in each company: without a chart of accounts of its own, moved there."""
        journal = cls.company_data["default_journal_bank"].id
        cls.statement_lines = {}
        for of, company in cls.companies.items():
            line = cls.env["account.bank.statement.line"].create(
                {"journal_id": journal, "date": "2026-06-17", "amount": 12, "payment_ref": "VIR URSSAF"}
            )
            cls.env.flush_all()
            for table, name in (
                ("account_bank_statement_line", "move_id"),
                ("account_move_line", "move_id"),
                ("account_move", "id"),
            ):
                cls.env.cr.execute(
                    f"UPDATE {table} SET company_id = %s WHERE {name} = %s", [company.id, line.move_id.id]
                )
            cls.env.invalidate_all()
            cls.statement_lines[of] = cls.records["account.bank.statement.line", of] = line

    @classmethod
    def _make_windows(cls, of, user, company=None):
        """Make the windows of ``user``: of a company of which somebody opened them, or of a kind of user."""
        company = company or of
        registration, move = cls.records["urssaf.registration", company], cls.records["account.move", company]
        windows = {
            "urssaf.bank.match": {"statement_line_id": cls.statement_lines[company].id},
            "urssaf.register": {"registration_id": registration.id},
            "urssaf.send": {"move_ids": [Command.set(move.ids)]},
            "urssaf.recovery.window": {"payout_id": cls.records["urssaf.payout", company].id},
            "urssaf.erasure": {"report_html": "<p>x</p>"},
            "urssaf.month": {"company_id": cls.companies[company].id},
            "urssaf.payment.cancel": {},
            "base_import.import": {"res_model": "urssaf.registration"},
            "base.module.uninstall": {"module_ids": [Command.set(cls.env.ref("base.module_avance_immediate").ids)]},
            "base.partner.merge.automatic.wizard": {},
        }
        for model, values in windows.items():
            cls._own(cls._keep(model, of, values), user)
        sending = cls.records["urssaf.send", of]
        cls.records["urssaf.send.line", of] = cls._own(sending.line_ids, user)
        cls.creations["urssaf.send.line", of] = {"wizard_id": sending.id, "move_id": move.id}
        figure = {"month_id": cls.records["urssaf.month", of].id, "key": "sent"}
        cls._own(cls._keep("urssaf.month.line", of, figure), user)
        settings = cls.env["res.config.settings"].with_company(cls.companies[company]).create({})
        cls.records["res.config.settings", of] = cls._own(settings.with_env(cls.env), user)

    @classmethod
    def _own(cls, records, user):
        """Let these records be of ``user``'s making, whoever may make such ones."""
        cls.env.flush_all()
        cls.env.cr.execute(f"UPDATE {records._table} SET create_uid = %s WHERE id = ANY(%s)", [user.id, records.ids])
        records.invalidate_recordset(["create_uid"])
        return records

    @classmethod
    def _make_lists(cls):
        commune = {"code": "00000", "name": "Nulle-Part", "label": "Nulle-Part", "kind": "commune"}
        texts = {"search_key": "nulle part", "search_text": "nulle part"}
        cls._keep("urssaf.commune", "all", {**commune, **texts}, {**commune, **texts, "code": "00001"})
        nature = {"name": "Balade", "code": "9998"}
        cls._keep("urssaf.nature", "all", nature, {**nature, "code": "9999"})
        rule = cls.env.ref("avance_immediate.urssaf_recovery_rule_110")
        cls.records["urssaf.recovery.rule", "all"] = rule
        cls.creations["urssaf.recovery.rule", "all"] = {"code": "999"}
        country = {"former_name": "Atlantide", "until": "1900-01-01", "code": "99998"}
        cls._keep("urssaf.birth.country", "all", country)

    @classmethod
    def _make_others(cls):
        cls.records["product.template", "all"] = cls.service.product_tmpl_id
        cls.records["account.payment", "main"] = cls.env["account.payment"].create(
            {"payment_type": "inbound", "partner_type": "customer", "amount": 60}
        )
        for of, company in cls.companies.items():
            cls.records["res.company", of] = company

    # === DOORS === #

    def record(self, row, kind):
        return self.records[row.model, kind if row.of == "self" else row.of]

    @contextmanager
    def undone(self):
        """Undo what is done inside, whoever does it."""
        with self.cr.savepoint() as savepoint:
            yield
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()

    # === CELLS === #

    def tries(self, row, letter, door, kind):
        """Return what is tried for a letter of a cell, by a name for messages."""
        if row.what == "route":
            return {path: RouteTries(door, path) for path in row.names}
        record = self.record(row, kind)
        if row.what == "records":
            if row.of == "self" and letter == "c":  # of a company
                return {}
            of = KINDS[kind][1] if row.of == "self" else row.of
            return {"": RecordTries(door, record, self.creations[row.model, of])}
        if row.what == "method":
            return {name: MethodTries(door, record, name) for name in row.names}
        names = row.fields_of(self.env)
        operation = "read" if letter == "r" else "write"
        companies = self.companies[KINDS[kind][1]].ids
        its = record.with_user(self.users[kind]).with_context(allowed_company_ids=companies)
        if letter in row.cells[kind] or not its.has_access(operation):
            return {"": FieldTries(door, record, names)}
        return {name: FieldTries(door, record, [name]) for name in names}

    def outcomes(self, row, door, kind):
        """Yield the letter, the name and the way of each try for a cell, and what came of it."""
        for letter in LETTERS[row.what]:
            for name, tries in self.tries(row, letter, door, kind).items():
                for way in tries.ways(letter, row.cells[kind]):
                    with nullcontext() if letter == "r" else self.undone():
                        self.prepare_for(row, name)
                        yield letter, name, way, tries.lets(way)

    def prepare_for(self, row, name):
        """Bring the records into the state in which a method has something to do."""
        if row.what != "method":
            return
        if name in PREPARED:
            self.records[row.model, row.of].write(PREPARED[name])
        elif name == "action_stop_waiting":
            self.records["urssaf.payout", row.of].state = "dismissed"
            self.records[row.model, row.of].write({"state": "sent", "urssaf_status": "90"})
        elif name == "action_erase":
            self.records["urssaf.payment.request", row.of].write({"state": "closed"})
        elif name == "action_register" and row.of == "self":
            self.env[row.model].search([]).has_consent = True
        elif name == "action_send":
            client = {"state": "active", "id_client": "x", "active_since": "2026-01-01 00:00:00"}
            for of in self.companies:
                self.records["urssaf.registration", of].write(client)
            for window in self.env[row.model].search([]):
                window._compute_line_ids()
                window._remember(window._messages(window.line_ids.filtered("is_ready").move_id))
        self.env.flush_all()

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def try_all(self, what, door):
        """Try every cell of the rows of one kind, one kind of user after the other, and undo what was done."""
        for kind in KINDS:
            door.enter(kind)
            for row in rows(what):
                for letter, name, way, outcome in self.outcomes(row, door, kind):
                    expected = self.expected(row, letter, kind, door)
                    if outcome != expected and not (expected and re.search(STOPPED.get(name, "$^"), str(outcome))):
                        with self.subTest(row=str(row), kind=kind, cell=row.cells[kind], tried=f"{way} {name}"):
                            self.fail(f"{'refused' if outcome is False else outcome}, expected: {expected}")

    def expected(self, row, letter, kind, door):
        # Nobody calls a method of a model without signing in.
        is_shut = door.is_remote and kind == "public"
        return letter in row.cells[kind] and not is_shut
