import json
from datetime import date, datetime
from pathlib import Path

from odoo import Command
from odoo.tests import tagged

from .common import UrssafCommon

GOLDEN = Path(__file__).parent / "golden" / "payment_request.json"


class CheckCommon(UrssafCommon):
    def codes(self, move):
        """Return what keeps an invoice from going, as the user is told."""
        return [problem["code"] for problem in move.with_user(self.user)._urssaf_problems()]

    def line(self, **values):
        return Command.create({"product_id": self.service.id, "quantity": 2, "price_unit": 30, **values})

    def invoice(self, *lines, **values):
        if lines:
            values["invoice_line_ids"] = list(lines)
        return self.create_service_invoice(**values)

    def message(self, move):
        """Return the message that this invoice becomes, as JSON."""
        return move._urssaf_message().to_wire()

    def pay_online(self, move, code="direct_debit"):
        """Return a new transaction that pays an invoice, by a provider of this code."""
        codes = {"none": "None", "direct_debit": "Direct debit"}  # no addon of a provider is needed
        self.patch(self.env["payment.provider"]._fields["code"], "_selection", codes)
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create(
            {"name": "En ligne", "code": code, "company_id": move.company_id.id}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{move.name}-en-ligne",
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "invoice_ids": [Command.set(move.ids)],
            }
        )

    def pay(self, move, amount, day=date(2026, 6, 16)):
        self.env["account.payment.register"].with_user(self.user).with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"amount": amount, "payment_date": day})._create_payments()


@tagged("post_install", "-at_install")
class TestCheckDays(CheckCommon):
    """The days of service, against the calendar and the client's activation."""

    def test_ready(self):
        move = self.invoice()
        self.assertEqual(self.codes(move), [])
        self.assertTrue(move.urssaf_can_send)

    def test_days_missing(self):
        move = self.invoice(urssaf_service_start=False, urssaf_service_end=False)
        self.assertEqual(self.codes(move), ["period_start_missing", "period_end_missing"])
        move.urssaf_service_end = date(2026, 6, 15)
        self.assertEqual(self.codes(move), ["period_start_missing"])

    def test_two_months(self):
        move = self.invoice(urssaf_service_start=date(2026, 5, 31), urssaf_service_end=date(2026, 6, 1))
        self.assertEqual(self.codes(move), ["period_two_months"])
        # The same month of another year is another month.
        move.write({"urssaf_service_start": date(2025, 6, 1), "urssaf_service_end": date(2026, 6, 1)})
        self.assertIn("period_two_months", self.codes(move))

    def test_whole_month(self):
        self.travel_to(datetime(2026, 7, 1, 8, 0))
        move = self.invoice(urssaf_service_start=date(2026, 6, 1), urssaf_service_end=date(2026, 6, 30))
        self.assertEqual(self.codes(move), [])

    def test_reversed(self):
        move = self.invoice(urssaf_service_start=date(2026, 6, 15), urssaf_service_end=date(2026, 6, 14))
        self.assertEqual(self.codes(move), ["period_reversed"])

    def test_future(self):
        move = self.invoice(urssaf_service_end=date(2026, 6, 18))
        self.assertEqual(self.codes(move), ["period_future"])
        move.urssaf_service_end = date(2026, 6, 17)
        self.assertEqual(self.codes(move), [])

    def test_today_is_the_day_in_france(self):
        move = self.invoice(urssaf_service_end=date(2026, 6, 18))
        self.travel_to(datetime(2026, 6, 17, 21, 59))
        self.assertEqual(self.codes(move), ["period_future"])
        self.travel_to(datetime(2026, 6, 17, 22, 1))
        self.assertEqual(self.codes(move), [])

    def test_before_activation(self):
        # The client was activated on 18 May.
        days = {"urssaf_service_start": date(2026, 5, 17), "urssaf_service_end": date(2026, 5, 20)}
        move = self.invoice(**days, invoice_date=date(2026, 5, 20))
        self.assertEqual(self.codes(move), ["period_before_activation"])

    def test_invoice_before_activation(self):
        move = self.invoice(invoice_date=date(2026, 5, 17))
        self.assertEqual(self.codes(move), ["invoice_before_activation"])

    def test_on_the_day_of_activation(self):
        day = date(2026, 5, 18)
        move, _request = self.sent_invoice(urssaf_service_start=day, urssaf_service_end=day, invoice_date=day)
        # 08:00 UTC is 10:00 in France; a few minutes later, the service may begin.
        self.assertEqual(self.message(move)["dateDebutEmploi"], "2026-05-18T10:05:00Z")
        self.assertEqual(self.message(move)["dateFinEmploi"], "2026-05-18T10:05:00Z")

    def test_activation_in_winter_and_in_summer(self):
        for activation, clock in (
            (datetime(2026, 1, 14, 8, 0), "2026-01-14T09:05:00Z"),
            (datetime(2026, 3, 29, 0, 59), "2026-03-29T02:04:00Z"),
            (datetime(2026, 3, 29, 1, 0), "2026-03-29T03:05:00Z"),
        ):
            with self.subTest(activation=activation):
                self.registration.active_since = activation
                move = self.invoice(urssaf_service_start=activation.date(), urssaf_service_end=activation.date())
                self.assertEqual(self.message(move)["dateDebutEmploi"], clock)

    def test_last_minutes_of_the_day_of_activation(self):
        self.registration.active_since = datetime(2026, 5, 18, 21, 58)
        move = self.invoice(
            urssaf_service_start=date(2026, 5, 18), urssaf_service_end=date(2026, 5, 19), invoice_date=date(2026, 5, 19)
        )
        self.assertEqual(self.codes(move), [])
        self.assertEqual(self.message(move)["dateDebutEmploi"], "2026-05-18T23:59:59Z")
        self.assertEqual(self.message(move)["dateFinEmploi"], "2026-05-19T00:00:00Z")


@tagged("post_install", "-at_install")
class TestCheckLines(CheckCommon):
    """Natures, units, amounts: what the lines of the invoice become."""

    def test_no_nature(self):
        move = self.invoice(self.line(urssaf_nature_id=False), self.line())
        [problem] = move.with_user(self.user)._urssaf_problems()
        self.assertEqual((problem["code"], problem["params"]["line"]), ("line_nature_missing", "1"))

    def test_nature_not_eligible(self):
        nature = self.env["urssaf.nature"].search([("eligible", "=", False)])
        self.assertEqual(len(nature), 1)
        move = self.invoice(self.line(urssaf_nature_id=nature.id))
        self.assertEqual(self.codes(move), ["line_nature_not_eligible"])

    def test_nature_unknown_to_urssaf(self):
        nature = self.env["urssaf.nature"].with_user(self.manager).create({"code": "999", "name": "Autre"})
        move = self.invoice(self.line(urssaf_nature_id=nature.id))
        self.assertEqual(self.codes(move), ["line_nature_unknown"])

    def test_nature_comes_from_the_product(self):
        move = self.invoice(post=False)
        line = move.invoice_line_ids
        self.assertEqual((line.urssaf_nature_id, line.urssaf_unit), (self.service.urssaf_nature_id, "HEURE"))
        # What was corrected on the invoice stays when the product changes afterwards.
        line.urssaf_unit = "FORFAIT"
        self.service.urssaf_unit = "HEURE"
        self.assertEqual(line.urssaf_unit, "FORFAIT")

    def test_another_product_brings_its_own_nature(self):
        move = self.invoice(post=False)
        line = move.invoice_line_ids
        line.product_id = self.env["product.product"].create({"name": "Fournitures"})
        self.assertFalse(line.urssaf_nature_id)

    def test_line_without_product(self):
        move = self.invoice(
            Command.create(
                {
                    "name": "Ménage",
                    "quantity": 1,
                    "price_unit": 60,
                    "tax_ids": [Command.set(self.tax.ids)],
                    "urssaf_nature_id": self.service.urssaf_nature_id.id,
                    "urssaf_unit": "FORFAIT",
                }
            )
        )
        self.assertEqual(self.codes(move), [])

    def test_no_unit(self):
        move = self.invoice(self.line(urssaf_unit=False))
        self.assertEqual(self.codes(move), ["line_unit_invalid"])

    def test_negative_line(self):
        move = self.invoice(self.line(), self.line(quantity=1, price_unit=-5))
        # Said once, in the words of an invoice.
        self.assertEqual(self.codes(move), ["line_discount"])

    def test_free_line(self):
        move = self.invoice(self.line(), self.line(quantity=1, price_unit=0))
        self.assertEqual(self.codes(move), [])

    def test_no_line(self):
        move = self.invoice(Command.create({"display_type": "line_note", "name": "Merci"}), post=False)
        self.assertIn("lines_missing", self.codes(move))

    def test_discount(self):
        move = self.invoice(self.line(discount=10))
        self.assertEqual(self.codes(move), [])
        [line] = self.message(move)["inputPrestations"]
        self.assertEqual((line["quantite"], line["mntUnitaireTTC"], line["mntPrestationTTC"]), (2, 27, 54))

    def test_discount_that_no_unit_price_gives(self):
        # 3 × 6.67 = 20.01 and 3 × 6.66 = 19.98: no price of two decimals gives 20.00.
        move = self.invoice(self.line(quantity=3, price_unit=10, discount=33.33))
        self.assertEqual(move.amount_total, 20)
        self.assertEqual(self.codes(move), ["line_amount_mismatch"])

    def test_unit_price_is_found_from_the_rounded_total(self):
        # 1.25 × 25.33 = 31.6625: the total of Odoo and that of Urssaf are the same.
        move = self.invoice(self.line(quantity=1.25, price_unit=25.33))
        self.assertEqual(self.codes(move), [])
        [line] = self.message(move)["inputPrestations"]
        self.assertEqual((line["quantite"], line["mntUnitaireTTC"], line["mntPrestationTTC"]), (1.25, 25.33, 31.66))

    def test_quantity_of_three_decimals(self):
        self.env.ref("uom.decimal_product_uom").digits = 3
        move = self.invoice(self.line(quantity=1.333))
        self.assertIn("line_decimals", self.codes(move))

    def test_days_are_sent_as_hours(self):
        day = self.env.ref("uom.product_uom_day")
        move = self.invoice(self.line(quantity=0.5, price_unit=240, product_uom_id=day.id))
        self.assertEqual(self.codes(move), [])
        [line] = self.message(move)["inputPrestations"]
        self.assertEqual((line["quantite"], line["unite"]), (4, "HEURE"))
        self.assertEqual((line["mntUnitaireTTC"], line["mntPrestationTTC"]), (30, 120))

    def test_days_of_a_lump_sum_stay_as_they_are(self):
        day = self.env.ref("uom.product_uom_day")
        move = self.invoice(self.line(quantity=3, price_unit=40, product_uom_id=day.id, urssaf_unit="FORFAIT"))
        [line] = self.message(move)["inputPrestations"]
        self.assertEqual((line["quantite"], line["unite"], line["mntUnitaireTTC"]), (3, "FORFAIT", 40))

    def test_pieces_are_counted_as_they_are(self):
        unit = self.env.ref("uom.product_uom_unit")
        move = self.invoice(self.line(quantity=3, product_uom_id=unit.id))
        [line] = self.message(move)["inputPrestations"]
        self.assertEqual((line["quantite"], line["unite"]), (3, "HEURE"))

    def test_cash_rounding(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Au franc",
                "rounding": 1,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        move = self.invoice(self.line(price_unit=30.2), invoice_cash_rounding_id=rounding.id)
        self.assertIn("cash_rounding", self.codes(move))
        whole = self.invoice(self.line(price_unit=30), invoice_cash_rounding_id=rounding.id)
        self.assertEqual(self.codes(whole), [])

    def test_taxes_rounded_on_the_whole_invoice(self):
        # Odoo's own way: 2 × 54.55 without tax, and 109.09 in the foot of the invoice.
        move = self.invoice(self.line(), self.line())
        self.assertEqual(sum(move.invoice_line_ids.mapped("price_subtotal")), 109.10)
        self.assertEqual(move.amount_untaxed, 109.09)
        self.assertEqual(self.codes(move), [])
        lines = self.message(move)["inputPrestations"]
        self.assertEqual([line["mntPrestationHT"] for line in lines], [54.54, 54.55])
        self.assertEqual([line["mntPrestationTVA"] for line in lines], [5.46, 5.45])
        self.assertEqual([line["mntPrestationTTC"] for line in lines], [60, 60])

    def test_total_rounded_on_the_whole_invoice(self):
        excluded = self.env["account.tax"].create({"name": "10 % HT", "amount": 10})
        line = {"quantity": 1, "price_unit": 10.05, "tax_ids": [Command.set(excluded.ids)]}
        move = self.invoice(self.line(**line), self.line(**line), self.line(**line))
        self.assertEqual(self.codes(move), [])
        message = self.message(move)
        self.assertEqual(message["mntFactureTTC"], move.amount_total)
        totals = [line["mntPrestationTTC"] for line in message["inputPrestations"]]
        self.assertNotEqual(round(sum(move.invoice_line_ids.mapped("price_total")), 2), move.amount_total)
        self.assertEqual(round(sum(totals), 2), move.amount_total)
        self.assertEqual(self.send(move).state, "sent")

    def test_total_that_no_line_can_take(self):
        # Each line counts 2: a cent more or less on its total is half a cent on its price.
        excluded = self.env["account.tax"].create({"name": "10 % HT", "amount": 10})
        line = {"quantity": 2, "price_unit": 5.02, "tax_ids": [Command.set(excluded.ids)]}
        move = self.invoice(*[self.line(**line) for _i in range(5)])
        total, lines = move.amount_total, sum(move.invoice_line_ids.mapped("price_total"))
        self.assertNotEqual(move.currency_id.compare_amounts(total, lines), 0)
        self.assertIn("total_mismatch", self.codes(move))

    def test_tax_included_or_not(self):
        excluded = self.env["account.tax"].create({"name": "10 % HT", "amount": 10})
        without = self.env["account.tax"]
        for taxes, amounts in (
            (self.tax, (60, 54.55, 5.45, 30)),
            (excluded, (66, 60, 6, 33)),
            (without, (60, 60, 0, 30)),
        ):
            with self.subTest(taxes=taxes.name):
                move = self.invoice(self.line(tax_ids=[Command.set(taxes.ids)]))
                self.assertEqual(self.codes(move), [])
                [line] = self.message(move)["inputPrestations"]
                self.assertEqual(
                    (
                        line["mntPrestationTTC"],
                        line["mntPrestationHT"],
                        line["mntPrestationTVA"],
                        line["mntUnitaireTTC"],
                    ),
                    amounts,
                )

    def test_label_is_the_first_line_cut_short(self):
        move = self.invoice(self.line(name=f"{'Ménage ' * 10}\nÀ ne pas dire"))
        [line] = self.message(move)["inputPrestations"]
        self.assertEqual(line["complement1"], ("Ménage " * 10)[:50].strip())


@tagged("post_install", "-at_install")
class TestCheckDocument(CheckCommon):
    """The document, the client, the company."""

    def test_draft(self):
        move = self.invoice(post=False)
        self.assertEqual(self.codes(move), ["not_posted"])
        self.assertFalse(move.urssaf_can_send)

    def test_credit_note(self):
        move = self.invoice()
        refund = move._reverse_moves([{"invoice_date": date(2026, 6, 16)}])
        refund.action_post()
        self.assertEqual(self.codes(refund), ["not_an_invoice"])
        self.assertFalse(refund.urssaf_can_send)

    def test_foreign_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.assertEqual(self.codes(self.invoice(currency_id=dollar.id)), ["not_in_euros"])

    def test_worker(self):
        for worker, codes in (
            ("SAP732829320", []),
            ("sap 732 829 320", []),
            ("SIR73282932000074", []),
            ("732829320", ["line_worker_invalid"]),
            ("SAP732829321", ["line_worker_checksum"]),
            ("SIR732829320", ["line_worker_invalid"]),
        ):
            with self.subTest(worker=worker):
                move = self.invoice(urssaf_worker=worker)
                self.assertEqual(self.codes(move), codes)

    def test_company_without_sap_number(self):
        self.company.urssaf_sap_number = False
        move = self.invoice()
        self.assertEqual(self.codes(move), ["line_worker_missing"])
        self.company.urssaf_sap_number = "SAP732829320"
        self.assertEqual(self.codes(move), [], "a number given later is enough")

    def test_client_not_registered(self):
        stranger = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")
        move = self.invoice(client=stranger)
        self.assertEqual(self.codes(move), ["client_not_registered"])
        self.assertFalse(move.urssaf_can_send)

    def test_client_to_register(self):
        other = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")
        self.prepare(other)
        self.assertEqual(self.codes(self.invoice(client=other)), ["client_not_registered"])

    def test_client_waiting(self):
        other = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")
        registration = self.register(other, mobile="0611111111", email="paul@example.com")
        self.assertEqual(registration.state, "waiting")
        self.assertEqual(self.codes(self.invoice(client=other)), ["client_not_active"])

    def test_client_blocked(self):
        self.simulator.person_step(self.registration, "block")
        self.registration.with_user(self.user).action_refresh()
        self.assertEqual(self.registration.state, "blocked")
        self.assertEqual(self.codes(self.invoice()), ["client_not_active"])

    def test_contact_of_the_client(self):
        contact = self.env["res.partner"].create(
            {"name": "Chez sa fille", "type": "invoice", "parent_id": self.client.id}
        )
        self.assertEqual(self.codes(self.invoice(client=contact)), [])

    def test_client_without_birth_date(self):
        self.client.with_user(self.user).urssaf_birth_date = False
        move = self.invoice()
        self.assertEqual(self.codes(move), ["client_birth_date_missing"])

    def test_paid(self):
        move = self.invoice()
        self.pay(move, 60)
        self.assertEqual(self.codes(move)[:1], ["paid_already"])
        self.assertFalse(move.urssaf_can_send)

    def test_deposit(self):
        move = self.invoice()
        self.pay(move, 10, day=date(2026, 6, 2))
        self.pay(move, 20, day=date(2026, 6, 3))
        self.assertEqual(self.codes(move), [])
        message = self.message(move)
        self.assertEqual((message["mntAcompte"], message["dateVersementAcompte"]), (30, "2026-06-03T00:00:00Z"))
        request = self.send(move)
        self.assertEqual((request.state, request.deposit, request.expected_payout_amount), ("sent", 30, 30))
        self.assertEqual(self.simulator.requests()[0]["mntAcompte"], 30)

    def test_deposit_over_half(self):
        move = self.invoice()
        self.pay(move, 30.01)
        self.assertEqual(self.codes(move), ["deposit_too_high"])

    def test_paid_online(self):
        """A payment that the client began on the portal, before it is in the books."""
        move = self.invoice()
        transaction = self.pay_online(move)
        transaction.provider_id.support_manual_capture = "full_only"
        for state, held in (
            ("draft", False),
            ("pending", True),
            ("authorized", True),
            ("done", True),
            ("cancel", False),
            ("error", False),
        ):
            transaction.state = state
            with self.subTest(state=state):
                self.assertEqual(self.codes(move), ["online_payment"] if held else [])
        transaction.write({"state": "done", "is_post_processed": True})
        self.assertEqual(self.codes(move), [], "the payment tells")

    def test_paid_online_by_transfer(self):
        """A transfer that is only announced keeps nothing, as for Odoo."""
        move = self.invoice()
        self.pay_online(move, code="none").state = "pending"
        self.assertEqual(self.codes(move), [])

    def test_paid_online_while_queued(self):
        moves = self.invoice() + self.invoice()
        requests = self.send(moves)
        self.pay_online(moves[0]).state = "pending"
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["rejected", "sent"])
        self.assertEqual(self.problem_codes(requests[0]), ["online_payment"])
        self.assertEqual(len(self.simulator.requests()), 1)

    def test_sent_already(self):
        move, _request = self.sent_invoice()
        self.assertEqual(self.codes(move), ["sent_already"])

    def test_number_used(self):
        move, request = self.sent_invoice()
        self.simulator.advance(2)
        self.simulator.step(request, "refuse", code="CONTEST_ERR_FACT", force=True)
        request.with_user(self.user).action_refresh()
        self.assertEqual(request.state, "refused")
        self.assertEqual(self.codes(move), ["number_used"])
        self.assertFalse(move.urssaf_can_send)

    def test_number_used_in_another_environment_is_free(self):
        move, request = self.sent_invoice()
        self.simulator.step(request, "refuse", force=True)
        request.with_user(self.user).action_refresh()
        self.company.urssaf_environment = "sandbox"
        self.assertNotIn("number_used", self.codes(move))

    def test_everything_at_once(self):
        move = self.invoice(
            self.line(urssaf_nature_id=False),
            self.line(urssaf_unit=False),
            self.line(quantity=1, price_unit=-5),
            urssaf_service_start=False,
            urssaf_service_end=date(2026, 7, 1),
            urssaf_worker="moi",
            currency_id=self.env.ref("base.USD").id,
        )
        self.client.urssaf_birth_date = False
        self.assertEqual(
            self.codes(move),
            [
                "not_in_euros",
                "line_discount",
                "client_birth_date_missing",
                "period_start_missing",
                "period_future",
                "line_nature_missing",
                "line_worker_invalid",
                "line_unit_invalid",
                "line_worker_invalid",
                "line_worker_invalid",
            ],
        )


@tagged("post_install", "-at_install")
class TestCheckAlerts(CheckCommon):
    """What the invoice shows: every problem, and the way to the thing to correct."""

    def alerts(self, move, user=None):
        alerts = move.with_user(user or self.user)._get_alerts()
        return [alert for name, alert in alerts.items() if name.startswith("urssaf_")]

    def target(self, alert):
        action = alert.get("action")
        return action and self.env[action["res_model"]].browse(action["res_id"])

    def test_none_when_ready(self):
        self.assertEqual(self.alerts(self.invoice()), [])

    def test_product(self):
        self.service.urssaf_nature_id = False
        move = self.invoice()
        [alert] = self.alerts(move)
        self.assertEqual(self.target(alert), self.service.product_tmpl_id)
        self.assertIn("Ménage", alert["action_text"])
        self.assertEqual(alert["level"], "warning")

    def test_product_of_the_right_line(self):
        other = self.env["product.product"].create({"name": "Jardin", "type": "service"})
        move = self.invoice(
            Command.create({"display_type": "line_section", "name": "Mai"}), self.line(), self.line(product_id=other.id)
        )
        [alert] = self.alerts(move)
        self.assertEqual(self.target(alert), other.product_tmpl_id)

    def test_client(self):
        self.simulator.person_step(self.registration, "block")
        self.registration.with_user(self.user).action_refresh()
        [alert] = self.alerts(self.invoice())
        self.assertEqual(self.target(alert), self.registration)
        self.assertIn("Jeanne Durand", alert["message"])

    def test_birth_date(self):
        self.client.urssaf_birth_date = False
        [alert] = self.alerts(self.invoice())
        self.assertEqual(self.target(alert), self.client)

    def test_what_is_corrected_on_the_invoice_has_no_link(self):
        [alert] = self.alerts(self.invoice(urssaf_service_end=date(2026, 6, 18)))
        self.assertNotIn("action", alert)
        self.assertIn("18/06/2026", alert["message"])

    def test_each_problem_has_its_alert(self):
        move = self.invoice(self.line(urssaf_nature_id=False), self.line(urssaf_nature_id=False), urssaf_worker="moi")
        self.assertEqual(len(self.alerts(move)), len(self.codes(move)))
        self.assertEqual(len(self.alerts(move)), 4)

    def test_request_not_accepted(self):
        move = self.invoice()
        self.simulator.call("POST", "requests/next", codes=["ERR_MANDAT_ECHU"])
        request = self.send(move)
        self.assertEqual(request.state, "rejected")
        [alert] = self.alerts(move)
        self.assertEqual((alert["level"], self.target(alert)), ("danger", request))

    def test_not_for_others(self):
        accountant = self.env["res.users"].create(
            {
                "name": "Comptable",
                "login": "comptable",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref("account.group_account_invoice").id])],
            }
        )
        self.service.urssaf_nature_id = False
        self.assertEqual(self.alerts(self.invoice(), accountant), [])

    def test_not_for_clients_who_are_not_registered(self):
        stranger = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")
        self.assertEqual(self.alerts(self.invoice(client=stranger)), [])

    def test_the_form_shows_them(self):
        move = self.invoice(urssaf_service_end=date(2026, 6, 18))
        alerts = move.with_user(self.user).read(["alerts"])[0]["alerts"]
        self.assertTrue([name for name in alerts if name.startswith("urssaf_")])
        move.urssaf_service_end = date(2026, 6, 15)
        self.assertFalse(move.with_user(self.user).read(["alerts"])[0]["alerts"])


@tagged("post_install", "-at_install")
class TestMessage(CheckCommon):
    """The whole message, against one written by hand."""

    maxDiff = None

    def test_golden(self):
        twenty = self.env["account.tax"].create({"name": "20 % HT", "amount": 20})
        gardening = self.env["product.product"].create(
            {
                "name": "Petit jardinage",
                "type": "service",
                "urssaf_nature_id": self.env.ref("avance_immediate.urssaf_nature_40").id,
                "urssaf_unit": "FORFAIT",
                "taxes_id": [Command.set(twenty.ids)],
            }
        )
        move = self.invoice(
            Command.create({"display_type": "line_section", "name": "Juin"}),
            self.line(quantity=2.5, price_unit=29.9),
            self.line(product_id=gardening.id, quantity=1, price_unit=45.55),
            self.line(quantity=4, price_unit=25, discount=10, tax_ids=False, name="Repassage"),
            Command.create({"display_type": "line_note", "name": "Merci"}),
            urssaf_service_start=date(2026, 6, 2),
        )
        self.pay(move, 50)
        number, id_client = move.name, self.registration.id_client
        expected = json.loads(GOLDEN.read_text(encoding="utf-8"))
        expected.update(numFactureTiers=number, idClient=id_client)
        self.assertEqual(self.message(move), expected)
        request = self.send(move)
        self.assertEqual(request.state, "sent", request.problems)
        self.assertEqual(request.payload, expected)
        [held] = self.simulator.requests()
        self.assertEqual(
            (held["numFactureTiers"], held["idClient"], held["mntFactureTTC"], held["mntAcompte"]),
            (number, id_client, expected["mntFactureTTC"], 50),
        )

    def test_what_is_sent_is_what_was_queued(self):
        """A client's or a product's change between the queue and the call does not change the message."""
        moves = self.invoice() | self.invoice()
        requests = self.send(moves)
        self.assertEqual(set(requests.mapped("state")), {"queued"})
        payloads = [request.payload for request in requests]
        self.service.urssaf_unit = "FORFAIT"
        self.client.urssaf_birth_name = "Dupont"
        self.company.urssaf_sap_number = "SAP356000000"
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        self.assertEqual([request.payload for request in requests], payloads)
