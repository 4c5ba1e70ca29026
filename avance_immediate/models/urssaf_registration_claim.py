from odoo import fields, models
from odoo.exceptions import UserError

from .. import wording
from ..urssaf.http import errors
from ..urssaf.http.forms import is_id
from .urssaf_registration_follow import UNKNOWN_PERSON

CLAIM_STATES = ("to_complete", "to_register")


class UrssafRegistration(models.Model):
    """Taking over a client whom the provider registered with another software: docs/api.md §2.2.

    The reference is only *claimed* until Urssaf gave the same names for it; nobody writes ``id_client`` by hand.
    """

    _inherit = "urssaf.registration"

    claimed_id_client = fields.Char(
        string="Urssaf's reference in another software",
        copy=False,
        help="Urssaf's idClient of somebody whom you registered with another software. It is verified at Urssaf before "
        "it is used.",
    )
    claimed_at = fields.Datetime(string="Taken over on", readonly=True, copy=False)

    def action_verify_claim(self):
        """Ask Urssaf whether the claimed references are those of these clients, and take them over where they are.

        Nothing is registered, and each registration is committed on its own.

        :raise UserError: none of them has a reference to verify
        """
        self._check_may_act()
        claiming = self.sudo().filtered(lambda r: r._claimed_reference() and r.state in CLAIM_STATES)
        if not claiming:
            raise UserError(self.env._("Enter the reference that Urssaf gave for this client, then verify it."))
        for registration in claiming:
            registration._commit()
            if not registration._verify_claim():
                break

    def _claimed_reference(self):
        return (self.claimed_id_client or "").strip()

    def _verify_claim(self):
        """Verify one claim.

        :return: false where Urssaf cannot be asked now, about others neither
        """
        registration = self._claim(*CLAIM_STATES)
        if not registration:
            return True
        if not (registration.birth_name and registration.first_names and registration.birth_date):
            registration._raise_problems([wording.note("claim_incomplete")])
            return True
        reference = registration._claimed_reference()
        if not is_id(reference):
            registration._raise_problems([wording.note("claim_not_an_id")])
            return True
        with registration._client() as client:
            try:
                status = client.person_status(id_client=reference)
            except errors.UrssafError as error:
                unknown = isinstance(error, errors.Refused) and UNKNOWN_PERSON in error.codes
                problems = [wording.note("claim_unknown", id_client=reference)]
                registration._raise_problems(problems if unknown else wording.from_failure(error))
                answered = isinstance(error, errors.Refused)
            else:
                registration._take_over(status)
                answered = True
        registration._commit()
        return answered

    def _take_over(self, status):
        """Make Urssaf's client ours, if it is the same person (``status``, a ``PersonStatus``)."""
        others = self.search(
            [
                ("id_client", "=", status.id_client),
                ("holder_id", "=", self.holder_id.id),
                ("environment", "=", self.environment),
            ]
        )
        if others or not self._is_person(status):
            code = "claim_taken" if others else "claim_other_person"
            self._raise_problems([wording.note(code, id_client=self._claimed_reference())])
            return
        self._clear_problems()
        self._set_state("waiting", id_client=status.id_client, claimed_at=fields.Datetime.now())
        self._log(self.env._("Registered with another software; Urssaf confirmed the reference and the names."))
        self._apply_status(status)
