import time

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..urssaf.tokens import Token

RENEWAL_ATTEMPTS = 5  # another worker may commit a token while we wait for the row

ENVIRONMENTS = [
    ("sandbox", "Local sandbox"),
    ("test", "Urssaf's bac à sable"),
    ("production", "Production"),
]


class UrssafCredentials(models.Model):
    """What Urssaf gave one company for one environment, and the token obtained with it.

    Only administrators read or write these records; the code reads them with ``sudo`` in
    ``res.company._urssaf_client`` alone. A neutralised copy of a database loses them.
    """

    _name = "urssaf.credentials"
    _inherit = "urssaf.guarded.mixin"
    _description = "Urssaf API credentials"
    _rec_name = "environment"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    environment = fields.Selection(ENVIRONMENTS, required=True)
    client_id = fields.Char(string="Client ID", groups="base.group_system", copy=False)
    client_secret = fields.Char(groups="base.group_system", copy=False)
    auth_method = fields.Selection(
        [("body", "In the body of the request"), ("basic", "HTTP Basic")],
        string="Credentials are sent",
        default="body",
        required=True,
        help="Urssaf accepts both ways (docs/api.md §1).",
    )
    address = fields.Char(help="Root address of the local sandbox. The other environments have a fixed address.")
    access_token = fields.Char(groups="base.group_system", copy=False)
    token_expires_at = fields.Float(groups="base.group_system", copy=False, help="Seconds since the epoch, UTC.")

    _company_environment_unique = models.Constraint(
        "UNIQUE(company_id, environment)",
        "A company has one set of credentials per environment.",
    )

    @api.model
    def _for(self, company, environment):
        """Return the credentials of ``company`` in ``environment``, or an empty recordset."""
        return self.sudo().search([("company_id", "=", company.id), ("environment", "=", environment)], limit=1)

    def write(self, vals):
        # A token belongs to the credentials it was obtained with.
        if {"client_id", "client_secret", "address", "auth_method"} & vals.keys():
            vals = {"access_token": False, "token_expires_at": 0, **vals}
        return super().write(vals)


class DatabaseTokenStore:
    """Token store shared by all workers: the row of ``urssaf.credentials``.

    It works in cursors of its own, so that a token survives the rollback of the caller, and renews
    under the lock of the row: one renewal at a time, whatever the number of workers.
    """

    def __init__(self, credentials):
        self._registry = credentials.env.registry
        self._id = credentials.id

    def load(self):
        """Return the stored ``Token``, or None."""
        with self._registry.cursor() as cr:
            return self._read(cr, lock=False)

    def renew(self, fetch, stale):
        """Return a fresh token other than ``stale``, obtaining it with ``fetch`` if nobody else just did."""
        for attempt in range(RENEWAL_ATTEMPTS):
            try:
                return self._renew_once(fetch, stale)
            except psycopg2.errors.SerializationFailure:
                # Another worker stored its token while we waited: the next transaction sees it.
                if attempt == RENEWAL_ATTEMPTS - 1:
                    raise

    def _renew_once(self, fetch, stale):
        with self._registry.cursor() as cr:
            stored = self._read(cr, lock=True)
            if stored and stored != stale and stored.fresh(time.time()):
                return stored
            token = fetch()
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["urssaf.credentials"].browse(self._id).write(
                {"access_token": token.access_token, "token_expires_at": token.expires_at}
            )
            return token

    def _read(self, cr, *, lock):
        env = api.Environment(cr, SUPERUSER_ID, {})
        query = SQL("SELECT access_token, token_expires_at FROM urssaf_credentials WHERE id = %s", self._id)
        if lock:
            query = SQL("%s FOR NO KEY UPDATE", query)
        [(access_token, expires_at)] = env.execute_query(query)
        return Token(access_token, expires_at) if access_token else None
