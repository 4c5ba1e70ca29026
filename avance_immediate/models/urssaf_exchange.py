from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from .. import parameters, wording
from .urssaf_credentials import ENVIRONMENTS

SHORTEST_REFERENCE = 8  # a shorter one, typed by somebody, would be found anywhere


class UrssafExchange(models.Model):
    """One HTTP call to Urssaf: what was asked and answered, masked, for the administrator.

    Written through a cursor of its own, so that the trace of a call survives the rollback of what made it.
    The records it was for are named by model and id, without a foreign key: they are locked at that moment.
    """

    _name = "urssaf.exchange"
    _inherit = ["urssaf.guarded.mixin", "urssaf.held.mixin"]
    _description = "Exchange with Urssaf"
    _order = "id desc"
    _rec_name = "operation"

    # Of one company where the call is about records of that one alone, else of the holder.
    company_id = fields.Many2one(ondelete="cascade")
    holder_id = fields.Many2one(ondelete="cascade")
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    operation = fields.Selection(
        [
            ("token", "Token"),
            ("register", "Register a client"),
            ("status", "Read a client's status"),
            ("send", "Send payment requests"),
            ("search", "Search payment requests"),
        ],
        required=True,
        readonly=True,
    )
    method = fields.Char(readonly=True)
    path = fields.Char(readonly=True)
    http_status = fields.Integer(string="HTTP status", readonly=True, aggregator=None)
    duration_ms = fields.Integer(string="Duration (ms)", readonly=True, aggregator="avg")
    correlation_id = fields.Char(string="Correlation ID", readonly=True)
    outcome = fields.Char(string="Kind of answer", readonly=True)
    outcome_label = fields.Char(string="Outcome", compute="_compute_outcome_label")
    is_failure = fields.Boolean(string="Failed", readonly=True)
    is_quiet = fields.Boolean(
        string="Nothing new", readonly=True, help="Urssaf was asked, and had nothing new to say: kept for fewer days."
    )
    codes = fields.Char(readonly=True)
    request_body = fields.Text(string="Sent (masked)", readonly=True)
    response_body = fields.Text(string="Received (masked)", readonly=True)
    res_model = fields.Char(string="Model", readonly=True, export_string_translation=False)
    res_keys = fields.Char(
        string="Record IDs", readonly=True, export_string_translation=False, help="IDs between commas: ,12,15,"
    )
    subject = fields.Char(string="About", readonly=True)

    _quiet_idx = models.Index("(date) WHERE is_quiet")

    @api.depends("operation")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for exchange in self:
            exchange.display_name = labels.get(exchange.operation)

    @api.depends("outcome", "codes")
    @api.depends_context("lang")
    def _compute_outcome_label(self):
        for exchange in self:
            exchange.outcome_label = wording.outcome(self.env, exchange.outcome, (exchange.codes or "").split(", "))

    @api.model
    def _observer(self, holder, environment, records=None):
        """Return the function that the API's client calls after every HTTP call.

        :param holder: the company whose credentials the calls go with
        :param records: the records that the call is for, of one model
        """
        registry = self.env.registry
        alive = [("id", "in", records.ids)] if records else []
        companies = records.sudo().company_id if records else holder
        values = {
            "company_id": companies.id if len(companies) == 1 else holder.id,
            "holder_id": holder.id,
            "environment": environment,
            "res_model": records._name if records else False,
            "res_keys": self._keys_of(records) if records else False,
            "subject": records._exchange_subject() if records else False,
        }

        def observe(exchange):
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": holder.ids})
                # Asked now: the client may have been erased while Urssaf was answering.
                forgotten = bool(records) and env[records._name].search_fetch(alive)._is_forgotten()
                model = env["urssaf.exchange"]
                model.create({**values, **model._observed_values(exchange, holder, with_bodies=not forgotten)})

        return observe

    @api.model
    def _observed_values(self, exchange, holder, *, with_bodies):
        """Return what is kept of a call.

        :param exchange: as the API's client gives it to its observer
        :param with_bodies: keep what was sent and received
        """
        values = {
            "operation": exchange.operation,
            "method": exchange.method,
            "path": exchange.path,
            "http_status": exchange.http_status or 0,
            "duration_ms": exchange.duration_ms,
            "correlation_id": exchange.correlation_id,
            "outcome": exchange.outcome,
            "is_failure": exchange.outcome != "ok",
            "codes": ", ".join(exchange.codes),
            "request_body": with_bodies and exchange.request_body,
            "response_body": with_bodies and exchange.response_body,
        }
        # A token is for all who share the credentials, and their holder's alone to read about.
        return values | ({"company_id": holder.id} if exchange.operation == "token" else {})

    @api.model
    def _erase_about(self, holder, subjects, references):
        """Erase what was sent and received in every call about somebody; its line stays.

        A call about several people loses it for all of them. Urssaf's codes go where it was about nobody else.

        :param holder: the company whose credentials the calls went with
        :param subjects: recordsets of what the calls were for
        :param references: Urssaf's ids, also looked for in what was sent and received
        :return: the calls that lost something
        """
        self.flush_model()
        about = [
            SQL(
                "res_model = %s AND string_to_array(res_keys, ',') && %s::text[]",
                records._name,
                [str(key) for key in records.ids],
            )
            for records in subjects
            if records
        ]
        patterns = [
            f"%{escape_psql(reference.lower())}%"
            for reference in references
            if reference and len(reference) >= SHORTEST_REFERENCE
        ]
        if patterns:
            about.append(SQL("lower(concat(request_body, ' ', response_body)) LIKE ANY(%s::text[])", patterns))
        self.env.cr.execute(
            SQL(
                "SELECT id FROM urssaf_exchange WHERE holder_id = %s AND (%s)",
                holder.id,
                SQL(" OR ").join(SQL("(%s)", condition) for condition in about),
            )
        )
        calls = self.browse(row[0] for row in self.env.cr.fetchall())
        calls = calls.filtered(lambda call: call.request_body or call.response_body or call.codes)
        calls.write({"request_body": False, "response_body": False})
        keys = {(records._name, str(key)) for records in subjects for key in records.ids}
        calls.filtered(lambda call: {(call.res_model, key) for key in call._keys()} <= keys).codes = False
        return calls

    def _keys(self):
        return self.res_keys.strip(",").split(",") if self.res_keys else []

    @api.model
    def _mark_quiet(self, operation, records, since):
        """Note that what was read about exactly these records has brought nothing new.

        In a transaction that began after the call: the line of it was committed by another one.

        :param since: when Urssaf was asked
        """
        self.env.execute_query(
            SQL(
                """UPDATE urssaf_exchange SET is_quiet = TRUE
                    WHERE date >= %s AND operation = %s AND res_model = %s AND res_keys = %s AND NOT is_failure""",
                since,
                operation,
                records._name,
                self._keys_of(records),
            )
        )

    @api.model
    def _keys_of(self, records):
        return f",{','.join(map(str, records.ids))},"

    @api.autovacuum
    def _gc_exchanges(self):
        """Delete the exchanges older than the numbers of days that the administrator chose, a part at a time.

        :return: how many were deleted, and whether there are more
        """
        now = fields.Datetime.now()
        old, quiet = (
            Domain("date", "<", now - timedelta(days=days.of_database(self.env)))
            for days in (parameters.EXCHANGE_DAYS, parameters.QUIET_DAYS)
        )
        limit = parameters.VACUUM_LIMIT
        exchanges = self.sudo().search(old | (quiet & Domain("is_quiet", "=", True)), order="date", limit=limit)
        exchanges.unlink()
        return len(exchanges), len(exchanges) == limit

    def action_open_records(self):
        """Open the records that the call was for."""
        self.ensure_one()
        ids = [int(key) for key in self._keys()]
        return self.env[self.res_model].browse(ids).exists()._get_records_action()
