from odoo import models

from ..spreadsheet import may_hold

#: What people write, as against what Odoo notes.
SPOKEN = ("comment", "email", "email_outgoing", "auto_comment", "user_notification")
#: Models whose uploaded spreadsheet may have the person in it.
IMPORTED = ("urssaf.registration", "res.partner", "res.users")


class UrssafRegistration(models.Model):
    """Erasing what was written, attached, uploaded and called about a person, beside the fields themselves."""

    _inherit = "urssaf.registration"

    def _erase_traces(self, erased, requests, references, words):
        """Erase the traces of one person.

        :param erased: counts by label, to which this is added
        :param requests: all their payment requests
        :param references: Urssaf's ids of them and of their requests
        :param words: what tells them from others, as it was before
        """
        calls = self.env["urssaf.exchange"]._erase_about(self.holder_id, (self, requests), references)
        self._count(erased, self.env._("Calls to Urssaf: what was sent and received"), calls)
        self._count(erased, self.env._("Messages, activities and files"), self._erase_chatter())
        self._count(erased, self.env._("Notes on the payment requests"), self._erase_notes(requests))
        self._count(erased, self.env._("Open windows"), self._erase_windows())
        self._count(erased, self.env._("Spreadsheets to import"), self._erase_uploads(words))

    # === CHATTER === #

    def _erase_chatter(self):
        """Erase what was written and attached to these registrations; the moves from state to state stay.

        E-mails to the client go with their message, also those that are still to leave.

        :return: what was erased
        """
        here = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        activities = self.env["mail.activity"].with_context(active_test=False).search(here)
        of_activities = [("res_model", "=", activities._name), ("res_id", "in", activities.ids)]
        attachments = self.env["ir.attachment"].search(["|", "&", *here, "&", *of_activities])
        messages = self.env["mail.message"].search([("model", "=", self._name), ("res_id", "in", self.ids)])
        messages -= messages.filtered(lambda message: message.subtype_id == self._erasure_subtype())
        moves = messages.filtered("tracking_value_ids")
        said = moves.filtered(lambda message: message.body or message.subject)
        said.write({"body": False, "subject": False})
        scheduled = self.env["mail.scheduled.message"].search([("model", "=", self._name), ("res_id", "in", self.ids)])
        gone = [*activities, *attachments, *(messages - moves), *scheduled, *said]
        for records in (attachments, activities, messages - moves, scheduled):
            records.unlink()
        return gone

    def _erase_notes(self, requests):
        """Erase what people wrote on the payment requests: a client's words, quoted. What Odoo noted there stays."""
        here = [("res_id", "in", requests.ids)]
        messages = self.env["mail.message"].search(
            [("model", "=", requests._name), ("message_type", "in", SPOKEN), *here]
        )
        messages = messages.filtered(lambda message: not message.tracking_value_ids)
        ours = self.env.ref("avance_immediate.mail_activity_type_urssaf")
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities = activities.search([("res_model", "=", requests._name), ("activity_type_id", "!=", ours.id), *here])
        gone = [*messages, *activities]
        messages.unlink()
        activities.unlink()
        return gone

    # === WINDOWS AND FILES === #

    def _companies_concerned(self):
        """Return the companies whose users may have met this person: the holder, and who uses its credentials."""
        return self.holder_id._urssaf_sharing() | self.served_company_ids

    def _erase_windows(self):
        """Delete the windows that show this person, whoever has them open, with the fingerprints of what they show."""
        registering = self.env["urssaf.register"].search([("registration_id", "in", self.ids)])
        lines = self.env["urssaf.send.line"].search(
            [
                ("move_id.commercial_partner_id", "in", self.partner_id.ids),
                ("move_id.company_id", "in", self._companies_concerned().ids),
            ]
        )
        composers = self.env["mail.compose.message"].search([("model", "=", self._name)])
        composers = composers.filtered(lambda composer: set(composer._evaluate_res_ids()) & set(self.ids))
        windows = [registering, lines.wizard_id, composers]
        gone = [window for records in windows for window in records]
        for records in windows:
            records.unlink()
        return gone

    def _erase_uploads(self, words):
        """Delete the spreadsheets that wait to be imported by the users concerned, unless the person is not in them.

        :param words: what tells the person from others
        """
        uploads = self.env["base_import.import"].search(
            [
                ("res_model", "in", IMPORTED),
                ("file", "!=", False),
                ("create_uid.company_ids", "in", self._companies_concerned().ids),
            ]
        )
        uploads = uploads.filtered(lambda upload: may_hold(upload.file, words))
        gone = [*uploads]
        uploads.unlink()
        return gone
