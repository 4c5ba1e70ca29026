"""After whatever happens, what clients gave, the secret and the words of others stand where they are meant to be.

``PLACES`` is the list. A place that holds more than it says fails, and so does one that holds less.
"""

from datetime import date

from cryptography.fernet import Fernet
from psycopg2 import errors

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import SQL, groupby

from .column_walk import ColumnWalk, Known, spellings
from .test_log import LogCommon
from .whole_life import PLANTED, SECRET, WholeLife

LIFE, COPY, ERASED = "after a whole life", "in a neutralised copy", "after an erasure"
ALWAYS = (LIFE, COPY, ERASED)
CLIENTS = (LIFE, COPY)  # until they are erased
ACCOUNT = (LIFE,)  # of no use to anybody in a copy
FILE = {"birth name", "usage name", "first names", "birth date", "mobile", "former e-mail", "holder", "street", "BIC"}
#: What may stand where, when and why: place, kinds, moments, reason.
PLACES = (
    ("urssaf_credentials.client_secret", {"secret"}, (LIFE, ERASED), "the provider's; sealed where there are keys"),
    ("urssaf_credentials.access_token", {"token"}, (LIFE, ERASED), "an hour's pass; sealed where there are keys"),
    ("urssaf_secret_draft.secret", {"secret"}, (LIFE, ERASED), "typed, not yet saved; deleted within the hour"),
    ("res_partner.urssaf_birth_name", {"birth name"}, CLIENTS, "civil status of a client"),
    ("res_partner.urssaf_usage_name", {"usage name"}, CLIENTS, "civil status of a client"),
    ("res_partner.urssaf_first_names", {"first names"}, CLIENTS, "civil status of a client"),
    ("res_partner.urssaf_birth_date", {"birth date"}, CLIENTS, "civil status of a client"),
    ("urssaf_registration.email", {"e-mail"}, CLIENTS, "where Urssaf writes to"),
    ("urssaf_registration.mobile", {"mobile"}, CLIENTS, "where Urssaf writes to"),
    ("urssaf_registration.address_street_name", {"street"}, CLIENTS, "the address as Urssaf wants it"),
    ("urssaf_registration.iban", {"IBAN", "account number"}, ACCOUNT, "what Urssaf debits"),
    ("urssaf_registration.bic", {"BIC"}, ACCOUNT, "what Urssaf debits"),
    ("urssaf_registration.bank_holder", {"holder"}, ACCOUNT, "what Urssaf debits"),
    ("urssaf_payment_request.payload", {"birth date"}, CLIENTS, "a part of what Urssaf is sent again after a failure"),
    ("urssaf_payment_request.refusal_comment", {"comment"}, CLIENTS, "the client's words, for Urssaf users alone"),
    ("base_import_import.file", FILE | {"IBAN", "account number"}, (LIFE,), "tested only, its uploader's alone"),
)
#: What Odoo's statements say at debug level, of no table or column of ours: words of it, kinds, reason.
LOGGED_WHEN_ERASED = (
    'query: SELECT "res_partner"."id" FROM "res_partner" WHERE',
    {"e-mail"},
    "an erasure looks for other contacts with the address, as its report says",
)


@tagged("post_install", "-at_install")
class TestColumnWalk(LogCommon, WholeLife):
    """The whole of it, with every logger at debug level: nothing of it is logged."""

    def setUp(self):
        super().setUp()
        self.walk = ColumnWalk(self.env)

    @property
    def known(self):
        return Known({**PLANTED, "token": self.tokens})

    def assertPlaces(self, moment):
        expected = {(place, kind) for place, kinds, moments, _reason in PLACES if moment in moments for kind in kinds}
        found = self.walk.places(self.known)
        self.assertEqual(sorted(found - expected), [], f"{moment}: these should not hold it, or are not in the list")
        self.assertEqual(sorted(expected - found), [], f"{moment}: these are in the list, and do not hold it")

    def assertNotLogged(self, records, but=None):
        """Check all lines; those that ``but`` names, and only those, hold the kinds that it names."""
        known = self.known
        self.assertGreater(len(records.lines), 10)
        found = {(line[:200], *sorted(kinds)) for line in records.lines if (kinds := known.kinds_in(line))}
        words, expected, _reason = but or ("", set(), "")
        excused = {line for line in found if but and words in line[0] and {*line[1:]} <= expected}
        self.assertEqual(bool(excused), bool(but))
        self.assertEqual(sorted(found - excused), [])

    def test_whole_life(self):
        with self.everything_logged() as records:
            self.live()
        self.assertNotLogged(records)
        self.assertPlaces(LIFE)
        with self.everything_logged() as records:
            self.refuse_rows()
        self.assertNotLogged(records)
        self.assertPlaces(LIFE)
        with self.cr.savepoint() as savepoint:
            [query] = get_neutralization_queries(["avance_immediate"])
            self.cr.execute(query)
            self.env.invalidate_all()
            self.assertPlaces(COPY)
            savepoint.rollback()
            self.env.invalidate_all()
        with self.everything_logged() as records:
            self.close_requests()
            (self.zoe_registered | self.claire_registered).with_user(self.manager).action_erase()
        self.assertNotLogged(records, LOGGED_WHEN_ERASED)
        self.assertPlaces(ERASED)

    def refuse_rows(self):
        """Have the database refuse rows with all that it may quote: not null, unique, foreign key, check, bad data."""
        values = {"iban": PLANTED["IBAN"][0], "email": PLANTED["e-mail"][0]}
        registrations = self.env["urssaf.registration"]
        country = {"urssaf_birth_country_id": 1 << 30, "urssaf_birth_name": PLANTED["birth name"][0]}
        for error, function in (
            (errors.NotNullViolation, lambda: registrations.create({**values, "company_id": self.company.id})),
            (errors.UniqueViolation, lambda: registrations.create({**values, "partner_id": self.zoe.id})),
            (errors.CheckViolation, lambda: self.zoe.write({"name": False})),
            (errors.ForeignKeyViolation, lambda: self.zoe.write(country)),
            (ValueError, lambda: self.zoe.write({"urssaf_birth_name": f"{PLANTED['birth name'][0]}\ud800"})),
            (errors.DataError, lambda: registrations.search([("id", "=", PLANTED["IBAN"][0])])),
        ):
            self.env.flush_all()
            with self.subTest(error.__name__), self.assertRaises(error), self.cr.savepoint():
                function()
                self.env.flush_all()
            self.env.invalidate_all()

    def close_requests(self):
        requests = self.env["urssaf.payment.request"].search([("partner_id", "in", (self.zoe + self.claire).ids)])
        asked = requests.recovery_ids.filtered(lambda recovery: recovery.state == "to_decide")
        for recovery in asked:
            recovery.with_user(self.manager).action_dismiss()
        requests.filtered(lambda request: request.state == "to_settle").with_user(self.manager).action_close()

    def test_sealed(self):
        """Where the server has keys, the database has neither secret nor token, typed, saved or used."""
        with self.keys(Fernet.generate_key()), self.everything_logged() as records:
            self.give_secret()
            with self.company._urssaf_client() as client:
                client.search(numbers=["X"])
            self.env.invalidate_all()
            self.assertTrue(self.credentials.access_token)
        secrets = Known({"secret": [SECRET], "token": self.tokens})
        self.assertEqual(self.walk.places(secrets), set())
        self.assertEqual([line[:200] for line in records.lines if secrets.kinds_in(line)], [])


@tagged("post_install", "-at_install")
class TestWalk(LogCommon):
    """The walk itself: what it must find, in columns that nobody has thought of."""

    TYPES = {
        "a_text": ("text", "son compte : fr83-3000.6000 01Z9Y8X7W6V5U89 !"),
        "a_varchar": ("varchar", "XÉNOPHONTINE"),
        "a_char": ("char(40)", "xenophontine"),
        "a_json": ("json", '{"x": [{"y": "X\\u00e9nophontine"}]}'),
        "a_jsonb": ("jsonb", '{"Xénophontine": 1}'),
        "a_quoted_json": ("text", '"X\\u00e9nophontine"'),
        "an_address": ("varchar", "/x?name=X%C3%A9nophontine"),
        "html": ("text", "<p>X&eacute;nophontine</p>"),
        "a_date": ("date", "1937-11-29"),
        "a_moment": ("timestamp", "1937-11-29 00:00:00"),
        "some_dates": ("date[]", "{1937-11-29}"),
        "in_words": ("text", "née le 29 novembre 1937"),
        "the_french_way": ("text", "29/11/1937"),
        "some_texts": ("text[]", '{a,"Xénophontine"}'),
        "a_file": ("bytea", "Xénophontine".encode()),
        "an_old_file": ("bytea", "Xénophontine".encode("latin-1")),
        "a_coded_file": ("bytea", b"WMOpbm9waG9udGluZSBhIGRpdA=="),
    }

    def test_types(self):
        walk = ColumnWalk(self.env)
        known = Known(
            {"name": ["Xénophontine"], "date": [date(1937, 11, 29)], "account": ["FR83 3000 6000 01Z9 Y8X7 W6V5 U89"]}
        )
        self.assertEqual(walk.places(known), set())
        names = SQL(", ").join(map(SQL.identifier, self.TYPES))
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, (kind, _value) in self.TYPES.items()
        )
        values = SQL(", ").join(SQL("%s", value) for _kind, value in self.TYPES.values())
        self.cr.execute(SQL("CREATE TABLE anybody (%s)", columns))
        self.cr.execute(SQL("INSERT INTO anybody (%s) VALUES (%s)", names, values))
        self.env["ir.attachment"].create({"name": "x", "raw": "Un fichier de Xénophontine".encode()})
        found = {place for place, _kind in walk.places(known)}
        self.assertEqual(found, {*(f"anybody.{name}" for name in self.TYPES), "ir_attachment.(file)"})

    def test_spellings(self):
        self.assertIn("29novembre1937", spellings(date(1937, 11, 29)))
        self.assertIn("nov291937", spellings(date(1937, 11, 29)))
        self.assertEqual(spellings("06 91 82 73 64"), spellings("0691827364"))
        with self.assertRaises(ValueError):
            Known({"nothing": []})
        with self.assertRaises(ValueError):
            Known({"by chance": ["Paul"]})

    def test_list(self):
        """Each place has one row, with a reason, kinds that are planted and moments that come."""
        for place, rows in groupby(PLACES, key=lambda row: row[0]):
            [(_place, kinds, moments, reason)] = rows
            self.assertTrue(reason and moments and kinds <= {*PLANTED, "token"}, place)
            self.assertLessEqual({*moments}, {*ALWAYS})
