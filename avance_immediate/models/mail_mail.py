from datetime import timedelta

from odoo import fields, models

#: Whose e-mails are ours: to the client, or about what lives at Urssaf.
OURS = ("urssaf.registration", "urssaf.payment.request")
HOLD = timedelta(hours=1)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        # EXTENDS mail: in a copy of the database, or a moved one, ours wait until an administrator confirms it. Those
        # that were in the queue when it was copied leave from the other one.
        held = self._urssaf_of_another_database()
        if held:
            held.scheduled_date = fields.Datetime.now() + HOLD
            if post_send_callback:
                post_send_callback(held.ids)
        return super(MailMail, self - held).send(
            auto_commit=auto_commit, raise_exception=raise_exception, post_send_callback=post_send_callback
        )

    def _urssaf_of_another_database(self):
        held = self.browse()
        for model, mails in self.sudo().filtered(lambda mail: mail.model in OURS).grouped("model").items():
            records = self.env[model].sudo().browse(mails.mapped("res_id")).exists()
            ids = set(records._elsewhere().ids)
            held |= mails.filtered(lambda mail, ids=ids: mail.res_id in ids)
        return held
