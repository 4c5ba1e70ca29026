import logging
import time

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .. import races, sealing, wording
from ..urssaf.http.tokens import Token
from ..urssaf.tiers_prestation.api import TIERS_PRESTATION

_logger = logging.getLogger(__name__)

RENEWAL_ATTEMPTS = 5  # another worker may commit a token while we wait for the row

ENVIRONMENTS = [
    ("simulator", "Simulator"),
    ("sandbox", "Urssaf's sandbox"),
    ("production", "Production"),
]
#: Whoever brings another API adds it with ``selection_add``.
APIS = [(TIERS_PRESTATION.name, "Tiers de prestation")]
BULLETS = "•●∙·⬤⚫"


class UnusableKey(UserError):
    """The stored secret cannot be opened with the keys of this server: nothing can be asked of Urssaf.

    :param env: for the language of the message
    :param code: code of a ``sealing.KeyProblem``
    """

    def __init__(self, env, code):
        self.problem = wording.note(code)
        super().__init__(wording.as_text(env, [self.problem]))


# Under its own name the web client would not show its text: it knows Odoo's errors only, and says "Oops!" of others.
UnusableKey.__module__, UnusableKey.__name__ = UserError.__module__, UserError.__name__


def typed_secret(value):
    """Return the secret that somebody typed, or False where it is none: nothing, spaces, or the mask of a form."""
    secret = (value or "").strip()
    is_mask = not any(character.isalnum() for character in secret) or any(bullet in secret for bullet in BULLETS)
    return False if is_mask else secret


class UrssafCredentials(models.Model):
    """What Urssaf gave one company for one environment and API, and the token obtained with it: it serves for that API
    alone.

    Nobody reads the secret and the token, over any door: the code alone does, as superuser, to make the API's client.
    They are written by the settings, and sealed where the server has keys (``sealing``). A neutralised copy of a
    database loses them.
    """

    _name = "urssaf.credentials"
    _inherit = "urssaf.guarded.mixin"
    _description = "Urssaf API credentials"
    _rec_name = "environment"
    _check_company_auto = True

    # Read-only: the settings write them.
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    api_name = fields.Selection(APIS, string="API", required=True, readonly=True, default=TIERS_PRESTATION.name)
    client_id = fields.Char(string="Client ID", readonly=True, groups="base.group_system", copy=False)
    client_secret = fields.Char(readonly=True, groups=fields.NO_ACCESS, copy=False, exportable=False)
    has_secret = fields.Boolean(compute="_compute_has_secret", compute_sudo=True)
    auth_method = fields.Selection(
        [("body", "In the body of the request"), ("basic", "HTTP Basic")],
        string="Credentials are sent",
        default="body",
        required=True,
        readonly=True,
        help="Urssaf accepts both ways (docs/api.md §1).",
    )
    address = fields.Char(
        readonly=True, help="Root address of the simulator. The other environments have a fixed address."
    )
    access_token = fields.Char(readonly=True, groups=fields.NO_ACCESS, copy=False, exportable=False)
    token_expires_at = fields.Float(
        readonly=True, groups=fields.NO_ACCESS, copy=False, help="Seconds since the epoch, UTC."
    )

    _company_environment_unique = models.Constraint(
        "UNIQUE(company_id, environment, api_name)",
        "A company has one set of credentials per environment and API.",
    )

    @api.depends("client_secret")
    def _compute_has_secret(self):
        for credentials in self:
            credentials.has_secret = bool(credentials.client_secret)

    @api.model
    def _for(self, company, environment, api_name=TIERS_PRESTATION.name):
        """Return the credentials of ``company`` in ``environment`` for an API, or an empty recordset."""
        domain = [("company_id", "=", company.id), ("environment", "=", environment), ("api_name", "=", api_name)]
        return self.sudo().search_fetch(domain, limit=1)

    @api.constrains("company_id", "environment", "client_id")
    def _check_of_nobody_else(self):
        """Urssaf knows numbers and clients by its account: two companies on one would take each other's for theirs."""
        for credentials in self.sudo():
            name, environment = credentials.client_id, credentials.environment
            if not name or environment == "simulator":  # that of a machine: its client ID is the same for all
                continue
            others = [
                ("client_id", "=", name),
                ("environment", "=", environment),
                ("company_id", "!=", credentials.company_id.id),
            ]
            if self.sudo().search_count(others, limit=1):
                raise ValidationError(
                    self.env._(
                        "Another company has this client ID already. A branch leaves its environment empty, and uses "
                        "the credentials of the company above; another company has a client ID of its own."
                    )
                )

    # === WRITING === #

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create([self._sealed(vals) for vals in vals_list])
        credentials._bind_new()
        return credentials

    def write(self, vals):
        # EXTENDS base: seals what is secret, and drops what belonged to another address or client id
        vals = self._sealed(vals)
        moved = any(
            name in vals and vals[name] != self._fields[name].convert_to_write(credentials[name], credentials)
            for name in ("company_id", "environment", "api_name")
            for credentials in self
        )
        if moved:
            # What one company was given for one environment and API is worth nothing in another.
            vals = {"client_id": False, "client_secret": False, **vals}
        # A token belongs to the credentials it was obtained with.
        if {"client_id", "client_secret", "address", "auth_method"} & vals.keys():
            vals = {"access_token": False, "token_expires_at": 0, **vals}
        result = super().write(vals)
        if {"client_id", "client_secret"} & vals.keys():
            self._bind_new()
        if vals.get("client_secret"):
            self.company_id._urssaf_key_serves()
            for name in ("send", "registration"):
                self.env["urssaf.batch.mixin"]._trigger(name)  # what waited for it
        return result

    @api.model
    def _sealed(self, vals):
        """Return ``vals`` with the secret and the token as they are stored; without a secret that is but a mask."""
        vals = dict(vals)
        if vals.get("client_secret"):
            vals["client_secret"] = typed_secret(vals["client_secret"])
            if not vals["client_secret"]:
                del vals["client_secret"]
        try:
            return vals | {
                name: sealing.seal(vals[name]) for name in ("client_secret", "access_token") if vals.get(name)
            }
        except sealing.KeyProblem as problem:
            raise UnusableKey(self.env, problem.code) from None

    # === KEYS === #

    def _open_secret(self):
        """Return the secret in clear, or False when there is none.

        :raise UnusableKey: the server's keys do not open it
        """
        try:
            return self.client_secret and sealing.unseal(self.client_secret)
        except sealing.KeyProblem as problem:
            raise UnusableKey(self.env, problem.code) from None

    def _key_problem(self):
        """Return what is wrong with the server's keys, for these credentials or at all, as a list of problems."""
        try:
            sealing.keys()
            self._open_secret()
        except sealing.KeyProblem as problem:
            return [wording.note(problem.code)]
        except UnusableKey as error:
            return [error.problem]
        return []

    def _register_hook(self):
        super()._register_hook()
        self._seal_stored()

    @api.model
    def _seal_stored(self):
        """Seal with the server's first key what is stored in clear or under a former one; called at each start.

        Several processes start at once: each leaves alone what another holds, and none fails for it.
        """
        try:
            if not sealing.keys():
                return
            with self.env.cr.savepoint(flush=False):
                self._seal_rows()
        except sealing.KeyProblem:
            _logger.error("The keys in %s are not usable: nothing is sent to Urssaf", sealing.OPTION)
        except psycopg2.Error as error:
            _logger.info("The secrets for Urssaf were not sealed (%s): the next start does it", type(error).__name__)

    def _seal_rows(self):
        """Seal what is not sealed, or with a former key; a row that another worker holds is left to it."""
        cr = self.env.cr
        columns = ("client_secret", "access_token")
        cr.execute(
            "SELECT id, client_secret, access_token FROM urssaf_credentials FOR NO KEY UPDATE SKIP LOCKED",
            log_exceptions=False,
        )
        for row_id, *stored in cr.fetchall():
            for column, value in zip(columns, stored, strict=True):
                try:
                    anew = sealing.sealed_anew(value)
                except sealing.KeyProblem:
                    _logger.warning("No key of this server opens the %s of the credentials %s", column, row_id)
                    continue
                if anew:
                    query = SQL(
                        "UPDATE urssaf_credentials SET %s = %s WHERE id = %s", SQL.identifier(column), anew, row_id
                    )
                    cr.execute(query, log_exceptions=False)
        self.invalidate_model(columns, flush=False)


class DatabaseTokenStore:
    """Token store shared by all workers: the row of ``urssaf.credentials``.

    It works in cursors of its own, so that a token survives the rollback of the caller, and renews
    under the lock of the row: one renewal at a time, whatever the number of workers. When the credentials have been
    replaced since the store was made, it neither gives nor keeps a token: the stored one is that of the new ones.
    """

    def __init__(self, credentials):
        self._registry = credentials.env.registry
        self._id = credentials.id
        self._made_for = (
            credentials.client_id,
            credentials._open_secret(),
            credentials.auth_method,
            credentials.address or None,
        )

    def load(self):
        """Return the stored ``Token``, or None."""
        with self._registry.cursor() as cr:
            return self._read(cr, lock=False)[0]

    def renew(self, fetch, stale):
        """Return a fresh token other than ``stale``, obtaining it with ``fetch`` if nobody else just did."""
        for attempt in range(RENEWAL_ATTEMPTS):
            try:
                with races.expected():
                    return self._renew_once(fetch, stale)
            except psycopg2.errors.SerializationFailure:
                # Another worker stored its token while we waited: the next transaction sees it.
                if attempt == RENEWAL_ATTEMPTS - 1:
                    raise

    def _renew_once(self, fetch, stale):
        """Fetch a token under a lock, unless another worker has stored one meanwhile.

        :param fetch: function that asks Urssaf for a token
        :param stale: the token that is of no use any more
        :raise psycopg2.errors.SerializationFailure: another worker stored its own while this one waited
        """
        with self._registry.cursor() as cr:
            stored, is_ours = self._read(cr, lock=True)
            if stored and stored != stale and stored.fresh(time.time()):
                return stored
            token = fetch()
            if is_ours:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["urssaf.credentials"].browse(self._id).write(
                    {"access_token": token.access_token, "token_expires_at": token.expires_at}
                )
            return token

    def _read(self, cr, *, lock):
        """Return the stored token, if it is of use, and whether the credentials are still those of this store."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        query = SQL(
            """
            SELECT access_token, token_expires_at, client_id, client_secret, auth_method, address
            FROM urssaf_credentials WHERE id = %s
            """,
            self._id,
        )
        if lock:
            query = SQL("%s FOR NO KEY UPDATE", query)
        rows = env.execute_query(query)
        for access_token, expires_at, client_id, client_secret, auth_method, address in rows:
            if (client_id, _opened(client_secret), auth_method, address or None) == self._made_for:
                token = _opened(access_token)
                return Token(token, expires_at) if token else None, True
        return None, False


def _opened(stored):
    """Return a stored value in clear, or None where there is none that can be opened."""
    try:
        return sealing.unseal(stored) if stored else None
    except sealing.KeyProblem:
        return None
