"""Whatever people, Urssaf, the bank, the scheduler and bad luck do, in any order: nothing is lost, doubled or told
twice.

Short in `make test`, always the same; as long as one likes by `make soak`.
"""

from __future__ import annotations

import random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from harness import faults
from tests.e2e import soak
from tests.e2e.bad_hours import BadHours
from tests.e2e.mortals import Fate

#: Steps from one rest to the next, where everything is checked, at most.
STEPS_AT_A_TIME = 50 if soak.IS_LONG else 25
#: Lives with one seed: the first of them is always the simplest that there is, and tells little.
LIVES = min(20, max(3, soak.STEPS // 40)) if soak.IS_LONG else 4
#: What a step by hand at Urssaf may be, where its status allows it.
STEPS_AT_URSSAF = (
    *("notify", "validate", "debit", "pay", "pay", "refuse", "refuse_debit", "cancel", "cancel_specific"),
    *("recover", "cancel_after_recovery", "provider_unpaid"),
)
#: Of these nobody can tell that they are no news of Urssaf's.
BELIEVED = ("amounts", "dates", "statuses", "ids", "items")
FAULTS = [name for name, fault in faults.FAULTS.items() if not fault.lies and fault.family not in BELIEVED]
#: How a call ends that meets its fate: words of PostgreSQL's for people who wait, and nothing for the scheduler.
DEATHS = ("psycopg2.", "builtins.RuntimeError")
ACTIONS = st.sampled_from(("registration", "send", "send", "refresh", "refresh", "payout", "payout", "bank"))
FATES = st.one_of(
    st.builds(Fate, st.just("kill"), st.integers(1, 12), st.booleans()),
    st.builds(Fate, st.sampled_from(("cut", "full")), st.integers(1, 150)),
)


class Walk(RuleBasedStateMachine):
    """One life from a rest to the next; the world, with all that is in its books, goes on from life to life."""

    world: BadHours
    steps = 0

    def __init__(self):
        super().__init__()
        self.world.wait(minutes=1)

    @initialize(count=st.integers(1, 4))
    def begin(self, count):
        """Begin with something under way."""
        self.world.to_send(count)

    # ---- People

    @rule(count=st.sampled_from((1, 1, 2, 10)))
    def send(self, count):
        """Send invoices, by the button."""
        self._step()
        self.world.attempt(self.world.to_send(count))

    @rule()
    def register(self):
        """Register a client."""
        self._step()
        if self.world.clients < 60:
            self.world.attempt(self.world.to_register())

    @rule(chance=st.randoms(use_true_random=False))
    def refresh(self, chance):
        """Ask about some requests."""
        self._step()
        keys = self._requests("id_request IS NOT NULL")
        chosen = chance.sample(keys, min(len(keys), 5))
        self.world.attempt(lambda: self.world.user.call("urssaf.payment.request", "action_refresh", chosen))

    @rule()
    def look_up(self):
        """Ask what became of what is uncertain."""
        self._step()
        keys = self._requests("state = 'uncertain'")
        self.world.attempt(lambda: self.world.user.call("urssaf.payment.request", "action_look_up", keys))

    # ---- The scheduler

    @rule(name=ACTIONS)
    def run(self, name):
        """Run a scheduled action."""
        self._step()
        self.world.run_cron(name)

    @rule(name=ACTIONS)
    def run_twice(self, name):
        """Run a scheduled action while somebody else does, who finds it running."""
        self._step()
        with self.world.admin.twice():
            self.world.attempt(lambda: self.world.run_cron(name))

    @rule(name=ACTIONS, fate=FATES)
    def run_and_fail(self, name, fate):
        """Run a scheduled action that is killed, loses its connection, or finds the disk full."""
        self._step()
        self.world.mortals.fate = fate
        self.world.attempt(lambda: self.world.run_cron(name), *DEATHS)

    @rule(fate=FATES)
    def send_and_fail(self, fate):
        """Press the button that sends one invoice, and meet one of these."""
        self._step()
        act = self.world.to_send(1)
        self.world.mortals.fate = fate
        self.world.attempt(act, *DEATHS)

    @rule(fate=FATES, hours=st.sampled_from((0.2, 1)))
    def be_killed_again_and_again(self, fate, hours):
        """Let each scheduled action of an hour meet the same fate."""
        for name in ("send", "refresh", "payout"):
            self.run_and_fail(name=name, fate=fate)
        self.world.wait(hours=hours)

    # ---- Urssaf

    @rule(chance=st.randoms(use_true_random=False))
    def act_at_urssaf(self, chance):
        """Have Urssaf, or the client, take a step with one request, of those that are not left behind."""
        self._step()
        numbers = {name for (name,) in self.world.sql(*self._query("number", "id_request IS NOT NULL"))}
        entries = [entry for entry in self.world.simulator.requests() if entry["numFactureTiers"] in numbers]
        if not entries:
            return
        entry = chance.choice(entries)
        possible = [step for step in STEPS_AT_URSSAF if step in entry["steps"]]
        # What was paid once is neither paid again nor taken back in part: people would have to decide.
        if entry["paid"]:
            possible = [step for step in possible if step == "cancel"]
        if possible:
            self.world.simulator.step(entry["numFactureTiers"], chance.choice(possible))
            self.world.unblock()

    # ---- Bad hours

    @precondition(lambda self: not self.world.proxy.is_spoiling)
    @rule(name=st.sampled_from(FAULTS), operation=st.sampled_from((None, *faults.OPERATIONS)))
    def begin_fault(self, name, operation):
        """From now on a fault happens to an operation, or to all."""
        self._step()
        self.world.proxy.spoil(faults.FAULTS[name], *([operation] if operation else []))

    @precondition(lambda self: self.world.proxy.is_spoiling)
    @rule()
    def end_fault(self):
        """The fault ends."""
        self._step()
        self.world.proxy.heal()

    @rule(hours=st.sampled_from((0.2, 0.2, 1, 1, 6, 24)))
    def wait(self, hours):
        """Let time pass."""
        self._step()
        self.world.wait(hours=hours)

    # ---- What holds

    @invariant()
    def nothing_is_sent_twice(self):
        """At any moment, what Urssaf has accepted does not come again, and no payout is booked twice."""
        assert not self.world.proxy.sent_twice
        assert not self.world.sql(
            "SELECT line_id FROM urssaf_payout WHERE line_id IS NOT NULL GROUP BY line_id HAVING count(*) > 1"
        )

    def teardown(self):
        """Come to rest, and see that everything is there once."""
        self.world.come_to_rest()
        self.world.check()
        soak.note("progress", steps=self.steps, kills=self.world.mortals.struck["kill"])

    # ---- Helpers

    def _step(self):
        type(self).steps += 1

    def _query(self, column, condition):
        query = f"SELECT {column} FROM urssaf_payment_request WHERE id > %s AND {condition} ORDER BY id"
        return query, self.world.checked

    def _requests(self, condition):
        return [key for (key,) in self.world.sql(*self._query("id", condition))]


def test_random_walk(bad_hours):
    Walk.world = bad_hours
    struck, spoilt = bad_hours.mortals.struck, bad_hours.proxy.spoilt
    before, spoilt_before = struck.copy(), spoilt.total()
    walk = settings(
        max_examples=LIVES,
        stateful_step_count=STEPS_AT_A_TIME,
        deadline=None,
        database=None,
        # The world is not as it was: what failed is not tried again, and the log names the seed.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    chance = random.Random(soak.SEED)
    Walk.steps = 0
    while Walk.steps < soak.STEPS:
        run_state_machine_as_test(seeded(chance.getrandbits(32))(Walk), settings=walk)
    met = struck - before
    soak.note("walk", steps=Walk.steps, seed=soak.SEED, spoilt=spoilt.total() - spoilt_before, **met)
    assert met["kill"], "nobody was killed"
