from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import parameters


@dataclass(frozen=True)
class Patience:
    """How long a call may fail before somebody is told.

    :param hours: until then an outage is nobody's business
    :param since: fields that may say when Urssaf last answered; the first that is filled counts
    """

    hours: int
    since: Sequence[str]


@dataclass(frozen=True)
class Lifecycle:
    """All that the life of one kind of record has of its own.

    :param transitions: by state, those that may follow it
    :param follow_up: by state in which Urssaf is asked: pairs of a number of days since the last change, and the hours
        from one question to the next until then. After the last of them Urssaf is never asked again by itself. Empty
        where ``_next_question`` goes by something else
    :param look_up_cron: the scheduled action (``ir_cron_urssaf_…``) that asks a second time where Urssaf does not know
        the record
    :param patience: by what fails
    """

    transitions: Mapping[str, Collection[str]]
    follow_up: Mapping[str, Sequence[tuple[int, int]]]
    look_up_cron: str
    patience: Mapping[str, Patience] = field(default_factory=dict)


class UrssafLifecycleMixin(models.AbstractModel):
    """The life of a record at Urssaf: its state, when Urssaf is asked about it, when it is certainly not there.

    A kind of record brings its ``Lifecycle``, and a field ``state``.
    """

    _name = "urssaf.lifecycle.mixin"
    _inherit = "urssaf.batch.mixin"
    _description = "Record with a state that follows Urssaf"

    _lifecycle: Lifecycle

    state_date = fields.Datetime(string="In this state since", readonly=True, default=fields.Datetime.now, copy=False)
    next_try_at = fields.Datetime(
        string="Next call",
        readonly=True,
        copy=False,
        help="When Urssaf is asked again about this record.",
    )
    last_check_at = fields.Datetime(string="Last checked", readonly=True, copy=False)
    absent_since = fields.Datetime(
        readonly=True, copy=False, help="When Urssaf first answered that it does not know this record."
    )

    # === STATE === #

    def _set_state(self, state, **values):
        """Move to ``state``, if the diagram has that arrow, with ``values`` in the same write; plan the next question.

        The line in the chatter, the activity and the commit are the caller's.
        """
        for record in self:
            if record.state != state and state not in self._lifecycle.transitions[record.state]:
                raise ValueError(f"{self._name} {record.id}: no way from {record.state} to {state}")
        moving = self.filtered(lambda record: record.state != state)
        if moving:
            moving.write({"state": state, "state_date": fields.Datetime.now(), **self._moved_values(state), **values})
        staying = self - moving
        if staying and values:
            staying.write(values)
        self._schedule()

    @api.model
    def _moved_values(self, state):
        """Return what else changes when a record moves to ``state``."""
        return {}

    # === SCHEDULE === #

    def _changed_at(self):
        """Return when this record last changed: the younger it is, the more often Urssaf is asked."""
        return self.state_date

    def _schedule(self):
        """Plan the next question to Urssaf, by the state and the time since the last change."""
        now = fields.Datetime.now()
        for record in self.filtered(lambda record: record.state in self._lifecycle.follow_up):
            record.next_try_at = record._next_question(now)

    def _next_question(self, now):
        """Return when to ask Urssaf next (naive UTC) about this record, in a state that is followed; False: never."""
        age = now - self._changed_at()
        paces = self._lifecycle.follow_up[self.state]
        hours = next((hours for days, hours in paces if age < timedelta(days=days)), None)
        return now + timedelta(hours=hours) if hours else False

    @api.model
    def _due_domain(self, *states):
        """Return the domain of the records in one of ``states`` about which it is time to ask."""
        return Domain("state", "in", states) & Domain("next_try_at", "<=", fields.Datetime.now())

    # === ABSENCE === #

    def _is_surely_absent(self):
        """Note that Urssaf does not know this record. Once proves nothing; twice, some minutes apart, is certain.

        :return: whether it is certain; until then Urssaf is asked again at ``next_try_at``
        """
        now = fields.Datetime.now()
        delay = timedelta(minutes=parameters.ABSENCE_MINUTES.of_company(self.holder_id))
        if not self.absent_since:
            self.write({"absent_since": now, "next_try_at": now + delay})
            self._trigger(self._lifecycle.look_up_cron, at=self.next_try_at)
            return False
        if now - self.absent_since < delay:
            self.next_try_at = self.absent_since + delay
            return False
        return True
