import logging
import os
import random
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

import psycopg2.errors

from odoo import sql_db
from odoo.tests import tagged

from .bank import BankCommon

_logger = logging.getLogger(__name__)

#: How many requests live, and by which chances: `docs/contributing.md` says how to have more of them, and others.
REQUESTS = int(os.environ.get("URSSAF_LIFE_REQUESTS", "60"))
SEED = int(os.environ.get("URSSAF_LIFE_SEED", "19"))
CLIENTS = 6
ROUNDS = 6
#: Days after the last round until when Urssaf has paid everything, in pieces: the bank may be some days late.
DAYS_AFTER = 14
#: The queries after which a scheduled action dies, at most: it may also live.
LONGEST_LIFE = 700
#: What Urssaf may do beside the usual path: (status, step). The first one is a payout that never comes.
BEFORE = (("20", "refuse"), ("50", "refuse_debit"), ("30", "cancel"), ("50", "cancel_specific"))
AFTER = ("cancel", "recover", "cancel_after_recovery", "cancel_specific", "provider_unpaid")
#: How the payouts of a day become lines of the bank: one, one each, or any of several days. No other can be certain.
TRANSFERS = ("by_date", "by_date", "each", "random")


class Killed(BaseException):
    """The process ends here: nothing catches it, and what was not committed is gone."""


@tagged("post_install", "-at_install")
class TestRandomLife(BankCommon):
    """Many requests at once, news of all kinds in any order, scheduled actions that die anywhere: the sums agree.

    Everybody's chances come from one seed, which the log names.
    """

    def setUp(self):
        super().setUp()
        _logger.info("Random life of %s requests, seed %s", REQUESTS, SEED)
        self.chance = random.Random(SEED)
        self.simulator.call("POST", "options", taken_back="random", seed=SEED)
        self.clients = [self.client]
        for number in range(CLIENTS - 1):
            name = f"Essai{'abcdefghij'[number]}"
            client = self.create_client(
                name=f"Jeanne {name}", email=f"essai{number}@example.com", urssaf_birth_name=name
            )
            self.activate(self.register(client, mobile=f"06 05 04 03 {number + 10}"))
            self.clients.append(client)
        self.moves = self.env["account.move"]
        self.answers = []
        self.bank_lines = self.env["account.bank.statement.line"]
        self.shown = {}  # by the reference of a line of the bank: the numbers of the requests that it pays

    # === WHAT HAPPENS === #

    def test_sums_agree_to_the_cent(self):
        self.wait(days=2)
        for number in range(ROUNDS):
            self.invoice(REQUESTS // ROUNDS + (number < REQUESTS % ROUNDS))
            self.let_live()
            self.meddle()
        for _ in range(DAYS_AFTER):
            self.let_live()
            if self.chance.random() < 0.3:
                self.meddle(is_over=True)
                self.decide()
        self.come_to_an_end()
        self.check_requests()
        self.check_books()

    def invoice(self, count):
        """Send new invoices, of random clients and amounts."""
        day = datetime.now().date() - timedelta(days=1)
        dates = {"invoice_date": day, "urssaf_service_start": day, "urssaf_service_end": day}
        moves = self.env["account.move"].union(
            *(
                self.create_service_invoice(
                    self.chance.choice(self.clients),
                    self.chance.randint(1, 8),
                    self.chance.randint(2000, 4000) / 100,
                    post=False,
                    **dates,
                )
                for _ in range(count)
            )
        )
        moves.with_user(self.user).action_post()
        moves._urssaf_queue(trigger=False)
        self.run_cron("send")
        self.assertEqual(set(moves.urssaf_request_id.mapped("state")), {"sent"})
        self.moves += moves

    def let_live(self):
        """Let a day or so pass: the actions run, die, and run again; some news are late, some come twice or are old."""
        self.env.cr.flush()
        # By the statistics these tables are as empty as in the template: Odoo's joins would take minutes.
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")
        self.simulator.call("POST", "options", transfers=self.chance.choice(TRANSFERS))
        self.wait(hours=self.chance.randint(18, 34))
        requests = self.moves.urssaf_request_id
        for request in self.chance.sample(requests, len(requests) // 10):
            request.next_try_at = datetime.now() + timedelta(days=self.chance.randint(1, 4))
        for action in self.chance.choice((("refresh", "payout"), ("refresh", "payout", "refresh"), ("payout",))):
            self.run_and_die(action)
        if self.chance.random() < 0.5:
            self.enter_bank_lines()
            self.run_and_die("bank")
            self.match_by_hand()
        with self.old_answers():
            some = self.chance.sample(requests, min(len(requests), 10))
            self.env["urssaf.payment.request"].union(*some).with_user(self.user).action_refresh()

    def meddle(self, is_over=False):
        """Have Urssaf do something unusual to a few requests."""
        seen = self.simulator.requests()
        # Only what Odoo has seen paid is taken back, and what it has seen taken back is paid again: news of which
        # nothing was learnt in between are a person's, who is told nothing of them yet.
        requests = self.moves.urssaf_request_id
        known = {request.number: request.urssaf_status for request in requests if request.payout_ids}
        self.chance.shuffle(seen)
        for entry in seen[: max(1, len(seen) // 15)]:
            status = entry["statut"]["code"]
            if entry["paid"] and entry["numFactureTiers"] not in known:
                continue
            if entry["paid"]:
                action, details = self.chance.choice(AFTER), {}
                left = entry["paid"] - entry["taken_back"]
                if self.chance.random() < 0.5:
                    details["amount"] = self.chance.randint(0, round(left * 100)) / 100
                if action in entry["steps"]:
                    self.step(entry, action, **details)
                elif not is_over and not left and known.get(entry["numFactureTiers"]) == status:
                    self.step(entry, "pay", force=True)
            else:
                for where, action in BEFORE:
                    if where == status and self.chance.random() < 0.5:
                        self.step(entry, action)
                        break

    def step(self, entry, action, **details):
        self.simulator.step(entry["idDemandePaiement"], action, **details)
        blocked = [person for person in self.simulator.persons() if person["blocked"]]
        for person in blocked:
            self.simulator.call("POST", f"persons/{person['idClient']}/step", action="unblock")

    # === HOW IT FAILS === #

    def run_and_die(self, name):
        """Run a scheduled action that is ended somewhere, or loses against another transaction; often then again.

        Whatever it does: reading what Urssaf says, recording payouts, matching lines of the bank.
        """
        while self.chance.random() < 0.6:
            how = self.chance.choice((Killed, psycopg2.errors.SerializationFailure))
            with self.dying(self.chance.randint(1, LONGEST_LIFE), how):
                self.run_cron(name)
        if self.chance.random() < 0.7:
            self.run_cron(name)

    def press_and_die(self, button):
        """Press a button until its transaction has passed: of one that dies, nothing stays."""
        is_done = False
        while not is_done:
            how = self.chance.choice((Killed, psycopg2.errors.SerializationFailure))
            self.env.flush_all()
            with self.dying(self.chance.randint(1, LONGEST_LIFE), how):
                with self.cr.savepoint():
                    button()
                    # What Odoo puts off to the end dies here too: a savepoint that ends would keep what came before.
                    self.cr.flush()
                is_done = True

    @contextmanager
    def dying(self, queries, how):
        """Raise ``how`` at a query; what was committed before stays, as the cursors of tests commit and roll back."""
        execute, left = sql_db.Cursor.execute, [queries]

        def execute_or_die(cursor, query, *args, **kwargs):
            if "SAVEPOINT" not in str(query):  # those are the tests' own transactions
                left[0] -= 1
                if not left[0]:
                    raise how
            return execute(cursor, query, *args, **kwargs)

        deaths = (Killed, psycopg2.errors.SerializationFailure)
        try:
            with suppress(*deaths), patch.object(sql_db.Cursor, "execute", execute_or_die):
                yield
        finally:
            self.env.invalidate_all(flush=False)

    @contextmanager
    def old_answers(self):
        """Have some answers be those of an earlier time, as out of a cache on the way."""
        requests = type(self.env["urssaf.payment.request"])
        read, chance, answers = requests._read_statuses, self.chance, self.answers

        def read_statuses(records, client):
            found = read(records, client)
            answers.append(found)
            if chance.random() < 0.3:
                return {**found, **{key: info for key, info in chance.choice(answers).items() if key in found}}
            return found

        with patch.object(requests, "_read_statuses", read_statuses):
            yield

    # === WHAT PEOPLE DECIDE === #

    def decide(self):
        """Have the manager decide what awaits a person, by what Urssaf's own page says of the request."""
        self.env.invalidate_all()
        known = self.at_urssaf()
        for payout in self.moves.urssaf_request_id.payout_ids.sorted("id"):
            entry, others = known[payout.request_id.number], payout.request_id.payout_ids - payout
            by_manager = payout.with_user(self.manager)
            if payout.state in ("to_confirm", "to_record"):
                booked = sum(cents(other.amount) for other in others if other.state == "recorded")
                if booked + cents(payout.amount) <= entry["paid"]:
                    while by_manager.action_record():  # shows what came since it was asked
                        pass
                else:
                    by_manager.action_dismiss()
            if payout.state == "recorded":
                booked = sum(cents(other.recovered_amount) for other in payout + others)
                taken_back = min(entry["taken_back"] - booked, cents(payout._left_to_take()))
                self.decide_what_is_taken_back(by_manager, taken_back)

    def decide_what_is_taken_back(self, payout, taken_back):
        """Book ``taken_back`` (cents) of a payout; where it is nothing, and Urssaf's news ask, say so."""
        if taken_back:
            action = payout.action_take_back()
            window = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
            window.write({"choice": "other", "amount": taken_back / 100})
            self.press_and_die(window.action_book)
        asked = payout.recovery_ids.filtered(lambda recovery: recovery.state == "to_decide")
        if asked:
            asked.action_dismiss()

    def match_by_hand(self):
        """Have the accountant match some of what is proposed, where Urssaf's own page agrees, and undo a matching."""
        for line in self.as_accountant(self.bank_lines):
            chance = self.chance.random()
            if line.is_reconciled and chance < 0.1:
                self.press_and_die(line.action_urssaf_undo)
            elif not line.is_reconciled and chance < 0.2:
                proposed = self.numbers(line.urssaf_proposal_ids)
                if proposed and self.shown[line.ref] <= proposed:
                    self.press_and_die(line.action_urssaf_match)

    def numbers(self, entries):
        """Return the numbers of the requests that lines of the outstanding account pay or take back."""
        moves = entries.sudo().move_id
        payouts = self.env["urssaf.payout"].search([("payment_id.move_id", "in", moves.ids)])
        recoveries = self.env["urssaf.recovery"].search([("move_id", "in", moves.ids)])
        return {request.number for request in payouts.request_id | recoveries.request_id}

    # === HOW IT ENDS === #

    def come_to_an_end(self):
        """Ask about everything once more, and have people decide what is left."""
        self.wait(days=7)  # until the bank has shown the last of it
        for _ in range(2):
            self.moves.urssaf_request_id.with_user(self.user).action_refresh()
            self.run_cron("payout")
            self.decide()
        self.enter_bank_lines()
        self.run_cron("bank")

    def enter_bank_lines(self):
        """Have in Odoo what the bank has shown since the last time."""
        for line in self.simulator.call("GET", "bank"):
            if line["reference"] not in self.shown:
                self.shown[line["reference"]] = {request["numFactureTiers"] for request in line["requests"]}
                values = {"ref": line["reference"], "partner_name": "URSSAF"}
                self.bank_lines += self.bank_line(line["amount"], line["date"], line["label"], **values)

    def at_urssaf(self):
        """Return what Urssaf has paid and taken back, in cents, by the number of the request."""
        return {
            entry["numFactureTiers"]: {name: cents(entry[name]) for name in ("paid", "taken_back")}
            for entry in self.simulator.requests()
        }

    def check_requests(self):
        """What Urssaf paid and took back of each request is in the books once, on its invoice, and nothing else is."""
        known = self.at_urssaf()
        self.assertEqual(len(known), REQUESTS)
        for request in self.moves.urssaf_request_id:
            move, entry = request.move_id, known[request.number]
            kept = entry["paid"] - entry["taken_back"]
            payouts = request.payout_ids.filtered(lambda payout: payout.state == "recorded")
            said = (request.number, request.state, request.urssaf_status, entry)
            self.assertEqual(sum(cents(payout.amount) for payout in payouts), entry["paid"], said)
            self.assertEqual(sum(cents(payout.recovered_amount) for payout in payouts), entry["taken_back"], said)
            self.assertEqual(-sum(cents(line.balance) for line in payouts.line_id), entry["paid"], said)
            self.assertEqual(len(payouts.line_id), len(payouts), said)
            self.assertEqual(payouts.line_id.move_id, payouts.payment_id.move_id)
            self.assertEqual(cents(move.amount_residual), max(cents(move.amount_total) - kept, 0), said)

    def check_books(self):
        """Payments, transfers, the outstanding account and the bank's lines agree with what Urssaf says of all."""
        known = self.at_urssaf().values()
        paid, taken_back = (sum(entry[name] for entry in known) for name in ("paid", "taken_back"))
        (balance,) = self.simulator.call("GET", "balances")
        self.assertEqual((cents(balance["paid"]), cents(balance["taken_back"])), (paid, taken_back))
        self.assertTrue(paid and taken_back, "nothing has happened")

        payments = self.env["account.payment"].search([("urssaf_transfer_id", "!=", False)])
        self.assertEqual(set(payments.move_id.mapped("state")), {"posted"})
        self.assertEqual(sum(cents(payment.amount) for payment in payments), paid)
        transfers = self.env["urssaf.transfer"].search([])
        self.assertEqual(sum(cents(transfer.amount) for transfer in transfers), paid)

        on_bank = sum(cents(line.amount) for line in self.bank_lines)
        self.assertEqual(on_bank, cents(balance["on_bank"]))
        waits = on_bank - (paid - taken_back)  # to be deducted from a transfer to come
        self.check_matched()
        matched = sum(cents(line.amount) for line in self.bank_lines if line.is_reconciled)
        on_account = self.env["account.move.line"].search(
            [("account_id", "=", self.outstanding_account.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(sum(cents(line.balance) for line in on_account), on_bank - matched - waits)
        self.assertEqual(sum(cents(line.amount_residual) for line in on_account), on_bank - matched - waits)

    def check_matched(self):
        """What was matched by itself is what Urssaf paid or took back with that line of the bank.

        Its entry may have more, where other lines of the bank show the rest.
        """
        found = self.bank_lines.grouped("urssaf_matched_by")
        _logger.info("Lines of the bank: %s", {by: len(lines) for by, lines in found.items()})
        self.assertIn("itself", found, "no line of the bank was certain")
        for line in found["itself"]:
            partials = line.line_ids.matched_debit_ids + line.line_ids.matched_credit_ids
            entries = partials.debit_move_id + partials.credit_move_id - line.line_ids
            self.assertLessEqual(self.shown[line.ref], self.numbers(entries), (line.date, line.amount))


def cents(amount):
    """Return an amount in euros as a whole number of cents."""
    return round(Decimal(str(amount)) * 100)
