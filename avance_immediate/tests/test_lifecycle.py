from datetime import timedelta

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from ..models.urssaf_lifecycle_mixin import Lifecycle, Patience
from ..urssaf.http import errors
from .common import UrssafCommon

NAME = "urssaf.certificate.test"


@tagged("post_install", "-at_install")
class TestThirdKind(UrssafCommon):
    """A third kind of record that lives at Urssaf: a table and its states, no mechanism."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class Certificate(models.Model):
            _module = None
            _name = NAME
            _inherit = ["urssaf.remote.mixin"]
            _description = "Certificate"
            _lifecycle = Lifecycle(
                transitions={"asked": {"uncertain", "made"}, "uncertain": {"asked", "made"}, "made": {"gone"}},
                follow_up={"made": [(2, 6), (10, 48)]},
                look_up_cron="refresh",
                patience={"ask": Patience(5, ["last_check_at", "asked_at"])},
            )

            state = fields.Selection(
                [(name, name) for name in ("asked", "uncertain", "made", "gone")], default="asked", readonly=True
            )
            asked_at = fields.Datetime(readonly=True)

        add_to_registry(cls.registry, Certificate)
        cls.addClassCleanup(cls.forget)
        cls.registry._setup_models__(cls.env.cr, [NAME])
        cls.registry.init_models(cls.env.cr, [NAME], {})
        cls.certificates = cls.env[NAME].create(
            [{"company_id": cls.company.id, "environment": "simulator"} for _each in range(2)]
        )
        cls.certificate = cls.certificates[0]

    @classmethod
    def forget(cls):
        """Take the model out of the registry: its table goes with the transaction."""
        del cls.registry.models[NAME]
        for model in cls.registry.values():
            model._inherit_children.discard(NAME)
        cls.registry._setup_models__(cls.env.cr)

    def now(self):
        return fields.Datetime.now()

    def due(self):
        return self.env[NAME].search(self.env[NAME]._due_domain("made"))

    def test_states_follow_the_diagram(self):
        with self.assertRaisesRegex(ValueError, "no way from asked to gone"):
            self.certificates._set_state("gone")
        self.assertEqual(set(self.certificates.mapped("state")), {"asked"})
        self.certificate._set_state("uncertain", asked_at=self.now())
        self.wait(hours=1)
        self.certificates._set_state("made", last_check_at=self.now())
        self.assertEqual(set(self.certificates.mapped("state_date")), {self.now()})
        self.assertEqual(set(self.certificates.mapped("last_check_at")), {self.now()})
        self.wait(hours=1)
        self.certificates._set_state("made", asked_at=False)
        self.assertEqual(self.certificate.state_date, self.now() - timedelta(hours=1), "it was in that state")
        self.assertFalse(self.certificate.asked_at)

    def test_questions_are_planned_by_the_table(self):
        self.certificate._set_state("made")
        for age, hours in ((0, 6), (1, 6), (2, 48), (9, 48)):
            self.wait(days=age - (self.now() - self.certificate.state_date).days)
            self.certificate._schedule()
            self.assertEqual(self.certificate.next_try_at, self.now() + timedelta(hours=hours), age)
            self.assertFalse(self.due())
        self.wait(days=3)
        self.assertEqual(self.due(), self.certificate)
        self.certificate._schedule()
        self.assertFalse(self.certificate.next_try_at, "never again")

    def test_absent_twice_is_absent(self):
        self.assertFalse(self.certificate._is_surely_absent())
        self.assertEqual((self.certificate.absent_since, self.certificate._is_due()), (self.now(), False))
        since = self.now()
        self.wait(minutes=2)
        self.assertFalse(self.certificate._is_surely_absent(), "too soon")
        self.assertEqual(
            (self.certificate.absent_since, self.certificate.next_try_at), (since, since + timedelta(minutes=10))
        )
        self.wait(minutes=60)
        self.assertTrue(self.certificate._is_surely_absent())

    def test_patience(self):
        self.certificates.asked_at = self.now()
        self.wait(hours=4)
        self.certificates._tell_that_calls_fail(errors.NotSent("ask"), "ask")
        self.assertFalse(any(self.certificates.mapped("problems")))
        self.certificates[1].last_check_at = self.now()
        self.wait(hours=2)
        self.certificates._tell_that_calls_fail(errors.NotSent("ask"), "ask")
        self.assertEqual(self.problem_codes(self.certificate), ["NotSent"])
        self.assertFalse(self.certificates[1].problems, "told once for all")

    def test_postponed_together(self):
        self.certificates.next_try_at = self.now()
        self.certificate._postpone(errors.TryLater("ask", retry_after=600))
        later = self.now() + timedelta(seconds=600)
        self.assertEqual(self.certificates.mapped("next_try_at"), [later, later])
