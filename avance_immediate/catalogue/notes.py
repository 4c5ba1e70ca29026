"""Situations that the addon itself reports: what is the matter, what to do."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_NEVER_BOOKED = _lt(
    "Nothing was booked, and nobody can book it. Look in your Urssaf account, then set the payout aside. If Urssaf "
    "corrects it, it is looked at again."
)
_DATE_IN_DOUBT = _lt(
    "Nothing was booked. Look on the bank account and in your Urssaf account, then record the payout, or set it aside. "
    "Its payment is dated the day on which you record it, and the transfer keeps the date of Urssaf. If Urssaf "
    "corrects the date, it is looked at again."
)
_UNSEEN = _lt(
    "Nothing was booked. The money may have come, and some of it may have been taken back since. Look on the bank "
    "account: if this amount came, record the payout, and you are then asked what Urssaf takes back. If it did not, "
    "set the payout aside; what came of another amount is entered by hand."
)

# code: (what is the matter, what to do)
NOTES = {
    # === The invoice cannot be sent === #
    "not_an_invoice": (
        _lt("Urssaf accepts invoices only, not credit notes."),
        _lt("Have the payment request of the invoice cancelled, then issue a corrected invoice under another number."),
    ),
    "not_posted": (_lt("The invoice is not confirmed."), _lt("Confirm it first: Urssaf needs its number.")),
    "sent_already": (
        _lt("The invoice %(number)s has been sent to Urssaf, or is about to be."),
        _lt("Follow its payment request."),
    ),
    "number_used": (
        _lt("The number %(number)s was used by another payment request, and Urssaf accepts a number once."),
        _lt("Issue the invoice again under another number: reverse this one and create a new one."),
    ),
    "number_used_elsewhere": (
        _lt(
            "The number %(number)s is that of an invoice of another company which shares the Urssaf credentials of "
            "this one, and Urssaf accepts a number once."
        ),
        _lt(
            "Issue the invoice again under another number. For the next ones, give each branch a journal whose numbers "
            "begin differently."
        ),
    ),
    "former_holder": (
        _lt(
            "The payment request of the invoice %(number)s was made with Urssaf credentials that this company no "
            "longer uses."
        ),
        _lt("Issue the invoice again under another number: reverse this one and create a new one."),
    ),
    "not_in_euros": (_lt("The invoice is not in euros."), _lt("Urssaf pays in euros only: change its currency.")),
    "company_not_in_euros": (
        _lt("%(company)s keeps its books in %(currency)s, and what Urssaf pays in euros could not be recorded there."),
        _lt("Invoice these services from a company that keeps its books in euros."),
    ),
    "paid_already": (
        _lt("The invoice is paid already."),
        _lt("Do not send it: the client would pay twice."),
    ),
    "partly_credited": (
        _lt("A part of the invoice was credited or written off, which Urssaf cannot be told."),
        _lt("Credit it whole, and issue a new invoice of the right amount."),
    ),
    "in_payment_order": (
        _lt("The invoice is in the payment order %(order)s: the client's bank would be debited twice."),
        _lt("Take it out of the order, or cancel the order, then send it. What the bank has already is not sent."),
    ),
    "online_payment": (
        _lt("The client is paying this invoice online (%(reference)s), and it is not in the books yet."),
        _lt(
            "Wait until the payment is confirmed or has failed, or cancel it at the payment provider. Sent as well, "
            "the invoice would be paid twice."
        ),
    ),
    "client_not_registered": (
        _lt("%(client)s is not registered with Urssaf."),
        _lt("Register the client first, with their consent."),
    ),
    "client_not_active": (
        _lt("%(client)s has not activated the Urssaf account, or is blocked."),
        _lt("Open the registration: it says what the client has to do."),
    ),
    "line_discount": (
        _lt("Line %(line)s (%(name)s) is negative, and Urssaf accepts no discount line."),
        _lt("Remove it, and lower the unit price of the services instead."),
    ),
    "cash_rounding": (
        _lt("The invoice has a rounding line, which belongs to no service."),
        _lt("Remove the cash rounding from the invoice."),
    ),
    # === No certain answer === #
    "interrupted": (
        _lt("The sending was interrupted before Urssaf's answer was known."),
        _lt("Nothing to do: Urssaf is asked what it received before anything is sent again."),
    ),
    "changed_since": (
        _lt("The invoice was paid, credited or changed after it was queued: the request %(number)s was not sent."),
        _lt("Look at what is still due. What the client owes can be sent again."),
    ),
    "number_of_another": (
        _lt("Urssaf holds a payment request under the number %(number)s, but for another client or amount."),
        _lt("Compare with your Urssaf account: take it as this one, or issue the invoice under another number."),
    ),
    "reference_unusable": (
        _lt(
            "Urssaf holds the payment request of the invoice %(number)s, with a reference that cannot be kept: it is "
            "missing, longer than 100 characters, or not written in plain letters and figures."
        ),
        _lt("Do not send it again. Ask Urssaf for the right reference, then ask what Urssaf holds once more."),
    ),
    "request_of_another": (
        _lt("What Urssaf holds under the number %(number)s is the payment request of another invoice here."),
        _lt(
            "Issue this invoice under another number. Two companies use the same Urssaf account: an administrator "
            "empties the environment of the branch, which then uses the credentials of the company above."
        ),
    ),
    "number_of_other_days": (
        _lt("Urssaf holds a payment request under the number %(number)s, for this client and amount, but other days."),
        _lt(
            "Compare with your Urssaf account: take it as this one if it is the same invoice, or issue this one under "
            "another number."
        ),
    ),
    "used_but_not_shown": (
        _lt("Urssaf answers that the number %(number)s is used already, and yet shows no request with it."),
        _lt("Look in your Urssaf account. If the request is not there, issue the invoice under another number."),
    ),
    "sent_too_often": (
        _lt("The request %(number)s was sent as often as the settings allow, and Urssaf does not know it."),
        _lt("Contact Urssaf's support with the references of the exchanges, then look up again or give up."),
    ),
    "fails_alone": (
        _lt("Urssaf gives no answer to the payment request of the invoice %(number)s, while it answers about others."),
        _lt(
            "It is not at Urssaf, and is not sent again by itself. Look for what is unusual in the invoice, or ask "
            "Urssaf's support with the references of the exchanges. Then give up, correct the invoice and send it."
        ),
    ),
    "sending_fails": (
        _lt("Urssaf has not answered what is sent since %(since)s."),
        _lt(
            "There is nothing to do: %(count)s payment requests wait, and go by themselves once Urssaf answers, each "
            "once. After three days the sending stops, and you are told."
        ),
    ),
    "sending_stopped": (
        _lt("Urssaf has not answered what is sent since %(since)s: the sending has stopped."),
        _lt(
            "%(count)s payment requests wait. Ask Urssaf what is the matter, then select one of them in the list of "
            "payment requests and press “Restart the sending”: all of them go."
        ),
    ),
    "sending_is_stopped": (
        _lt("Nothing goes to Urssaf at this moment: it has not answered what is sent since %(since)s."),
        _lt(
            "What is queued waits, and is not lost. It goes once a manager of the avance immédiate (%(who)s) presses "
            "“Restart the sending” on a payment request that waits."
        ),
    ),
    "given_up": (
        _lt("Given up: Urssaf did not accept this request."),
        _lt("The invoice can be sent again."),
    ),
    "other_database": (
        _lt(
            "This database is a copy, or was moved: nothing goes to Urssaf, no payout is recorded, and no e-mail of "
            "the avance immédiate leaves."
        ),
        _lt(
            "The credentials for Urssaf have belonged to the database “%(former)s” since %(date)s; this one is "
            "“%(here)s”. If this one takes its place, a settings administrator presses “This is the one that goes on” "
            "in the settings of the invoicing, section Avance immédiate. If the other one goes on, leave it so."
        ),
    ),
    "other_environment": (
        _lt("The request %(number)s waits: it was confirmed for another environment than the one in use now."),
        _lt("Withdraw it, or have an administrator go back to that environment."),
    ),
    "not_shown": (
        _lt("Urssaf did not show the request %(number)s when asked about it."),
        _lt("It is asked again by itself. If this lasts, look in your Urssaf account."),
    ),
    "unreadable": (
        _lt("Urssaf's answer about the request %(number)s gives no status."),
        _lt("It is asked again by itself. If this lasts, contact Urssaf's support with the reference of the exchange."),
    ),
    "contradictory": (
        _lt("Urssaf's answer shows the request %(number)s twice, and not in the same way."),
        _lt("Nothing was changed here, and it is asked again by itself. If this lasts, contact Urssaf's support."),
    ),
    "garbled_code": (
        _lt("Urssaf's answer about the request %(number)s has a code that cannot be read."),
        _lt("Nothing was changed here, and it is asked again by itself. If this lasts, contact Urssaf's support."),
    ),
    "other_number": (
        _lt("Urssaf's answer about the request %(number)s speaks of another invoice."),
        _lt("Contact Urssaf's support with the reference of the exchange. Nothing was changed here."),
    ),
    "step_failed": (
        _lt("A step failed here, not at Urssaf: %(reason)s"),
        _lt("It is tried again by itself. If this lasts, show it to your administrator."),
    ),
    # === News from Urssaf === #
    "refused": (
        _lt("The client refused the payment request. %(reason)s"),
        _lt(
            "Read the client's comment in the payment request, if there is one. Agree with the client, correct, and "
            "issue the invoice again under another number."
        ),
    ),
    "debit_refused": (
        _lt("The client's bank refused Urssaf's debit."),
        _lt(
            "Urssaf asks the client again, and blocks the account until then. Tell the client; send nothing more "
            "meanwhile."
        ),
    ),
    "cancelled": (
        _lt("The payment request %(number)s is cancelled: %(status)s. Urssaf will not pay it."),
        _lt("If the invoice is still due, issue it again under another number, or have the client pay you."),
    ),
    "unusual_status": (
        _lt("Urssaf gives the request %(number)s a status that is rare or not known: %(status)s."),
        _lt("Look in your Urssaf account what it means. Nothing was booked for it."),
    ),
    "stalled": (
        _lt("The request %(number)s has not moved at Urssaf for %(days)s days: %(status)s."),
        _lt("Ask the client, or Urssaf's support, what it is waiting for."),
    ),
    "to_settle": (
        _lt(
            "After it was paid, or instead, Urssaf cancelled the request %(number)s, or takes it back: %(status)s. The "
            "books are unchanged."
        ),
        _lt(
            "Check with Urssaf what was taken back. An accountant books it; the client may owe the invoice again. "
            "Then close the request."
        ),
    ),
    "recovery_to_decide": (
        _lt(
            "Urssaf cancelled the request %(number)s, or takes it back, after it had paid: %(status)s. Nothing is "
            "booked for it yet."
        ),
        _lt(
            "Check with Urssaf and on the bank account what it takes back, then say it on the request: “Taken back by "
            "Urssaf”."
        ),
    ),
    "recovery_more": (
        _lt(
            "Urssaf says of the request %(number)s, of which %(amount)s are booked as taken back: %(status)s. Nothing "
            "more was booked."
        ),
        _lt("Check with Urssaf what is still to be paid or taken back, then close the request."),
    ),
    "recovery_not_booked": (
        _lt("What Urssaf takes back of the request %(number)s could not be booked by itself: %(reason)s"),
        _lt("Correct this, then book it on the request: “Taken back by Urssaf”."),
    ),
    # === Payouts === #
    "paid_again": (
        _lt("Urssaf announces another payout of the request %(number)s."),
        _lt("Check the bank account, then confirm the second payout, or set it aside."),
    ),
    "payout_of_another_day": (
        _lt(
            "Urssaf now shows a transfer of %(amount)s on %(date)s for the request %(number)s, of which one of "
            "%(former)s was handled before: did Urssaf pay a second time, or correct the date?"
        ),
        _lt(
            "Nothing was booked. Look on the bank account: if the money came twice, record this payout; if Urssaf only "
            "corrected the date, set it aside."
        ),
    ),
    "payout_unseen": (
        _lt(
            "Urssaf says of the request %(number)s: %(status)s; and it shows a transfer of %(amount)s on %(date)s, "
            "which was not known here."
        ),
        _UNSEEN,
    ),
    "payout_unseen_undated": (
        _lt(
            "Urssaf says of the request %(number)s: %(status)s; and it shows a transfer of %(amount)s, without a date, "
            "which was not known here."
        ),
        _UNSEEN,
    ),
    "payout_without_date": (
        _lt("Urssaf announces a payout of the request %(number)s without a date."),
        _lt("Check the bank account, then record the payout."),
    ),
    "payout_before_sending": (
        _lt("Urssaf dates the payout of the request %(number)s %(date)s, and it was sent on %(sent)s."),
        _DATE_IN_DOUBT,
    ),
    "payout_far_ahead": (
        _lt("Urssaf announced on %(today)s a payout of the request %(number)s for %(date)s."),
        _DATE_IN_DOUBT,
    ),
    "planned_date_odd": (
        _lt("Urssaf plans the transfer of the request %(number)s for %(date)s, and it was sent on %(sent)s."),
        _lt("Look in your Urssaf account when it pays. Nothing is booked before Urssaf announces the amount."),
    ),
    "paid_without_amount": (
        _lt("Urssaf says that the request %(number)s is paid, expected on %(date)s, and gives no amount."),
        _lt("Look on the bank account and in your Urssaf account. Nothing is booked before Urssaf gives the amount."),
    ),
    "payout_unreadable": (
        _lt("Urssaf announces a payout of the request %(number)s whose amount is not a number."),
        _NEVER_BOOKED,
    ),
    "payout_not_positive": (
        _lt("Urssaf announces a payout of %(amount)s for the request %(number)s: that is no payout."),
        _NEVER_BOOKED,
    ),
    "payout_too_much": (
        _lt("Urssaf announces a payout of %(amount)s for the request %(number)s: more than twice the invoice."),
        _NEVER_BOOKED,
    ),
    "payout_fraction": (
        _lt("Urssaf announces a payout of %(amount)s for the request %(number)s, with fractions of a cent."),
        _NEVER_BOOKED,
    ),
    "payout_other_amount": (
        _lt("Urssaf paid %(amount)s for the request %(number)s, where %(expected)s was expected."),
        _lt(
            "Nothing was booked. Check the bank account, then record the payout: the difference stays open on the "
            "invoice."
        ),
    ),
    "payout_invoice_changed": (
        _lt("Urssaf paid %(amount)s for the request %(number)s, but the invoice is no longer as it was sent."),
        _lt("Nothing was booked. Compare the invoice with the request, then record the payout."),
    ),
    "payout_already_paid": (
        _lt("Urssaf paid %(amount)s for the request %(number)s, but less is still due on the invoice."),
        _lt("The client may have paid as well. Check, then record the payout: what is too much stays to their credit."),
    ),
    "payout_changed": (
        _lt("Urssaf changed the payout of the request %(number)s after it was recorded."),
        _lt("Check the bank account and correct the payment by hand, then close the request."),
    ),
    "payment_undone": (
        _lt(
            "The payment that recorded the payout of the request %(number)s was taken out of the books: it is a draft, "
            "cancelled or rejected."
        ),
        _lt(
            "If that was a mistake, record the payout again: the same payment is posted, with all its payouts. "
            "Otherwise check with Urssaf, then set things right by hand."
        ),
    ),
    "payment_deleted": (
        _lt(
            "The payment that recorded the payout of the request %(number)s was cancelled, and its entry deleted: the "
            "invoice is open again."
        ),
        _lt("Record the payout again, which makes a new payment, or set it aside if the money did not come."),
    ),
    "payout_unmatched": (
        _lt("The payout of the request %(number)s was taken away from its invoice, which is open again."),
        _lt("The money stays to the client's credit. Record the payout again: the same line is matched."),
    ),
    "deposit_gone": (
        _lt(
            "The request %(number)s was sent with a deposit of %(deposit)s, of which %(kept)s are left: it was given "
            "back, or is no longer matched with the invoice."
        ),
        _lt(
            "Urssaf collects and pays %(expected)s of %(total)s, and no more. Match the deposit with the invoice "
            "again, or collect the rest from the client yourself."
        ),
    ),
    "payment_reversed": (
        _lt("The entry that recorded the payout of the request %(number)s was reversed: the invoice is open again."),
        _lt("If the money came, record the payout again, which makes a new payment. Otherwise it stays as it is."),
    ),
    "payout_freed": (
        _lt(
            "The payout of the request %(number)s was taken away from its invoice, which has nothing left to be paid: "
            "the client has a credit."
        ),
        _lt(
            "Match the credit with what the client owes otherwise, or give it back. If Urssaf takes it back, book that."
        ),
    ),
    "payouts_alike": (
        _lt("This concerns %(count)s payouts of the transfer."),
        _lt("Open the transfer, which shows them: it records all of them again with one button."),
    ),
    "paid_but_open": (
        _lt(
            "Urssaf paid the request %(number)s, and yet the invoice is open: its payment is no longer matched with it."
        ),
        _lt("Match them again on the invoice, under its total."),
    ),
    "payout_not_recorded": (
        _lt("The payout of the request %(number)s could not be recorded: %(reason)s"),
        _lt("Correct this, then record the payout; it is tried again every day."),
    ),
    "payout_not_recorded_above": (
        _lt("The payout of the request %(number)s could not be recorded in the books of the company above."),
        _lt("Somebody who works there reads why on the payout, and records it; it is tried again every day."),
    ),
    # === Clients === #
    "address_zip_other_town": (
        _lt("Is the postal code right?"),
        _lt("The town chosen has another: check both."),
    ),
    "client_blocked": (
        _lt("Urssaf has blocked this client: %(status)s"),
        _lt("The client settles it in their Urssaf account. Nothing can be billed to them meanwhile."),
    ),
    "activation_late": (
        _lt("The client has not activated the Urssaf account after %(days)s days. The link expires on %(date)s."),
        _lt("Call them, or send them the ready e-mail: Urssaf's own may be among the unwanted ones."),
    ),
    "link_expires": (
        _lt("The activation link expires on %(date)s."),
        _lt("Call the client today, or send them the ready e-mail."),
    ),
    "link_dead": (
        _lt("The activation link died on %(date)s."),
        _lt(
            "The client asks for another at https://www.particulier.urssaf.fr/#/lien-activation-compte. Send them the "
            "ready e-mail, which says so."
        ),
    ),
    "client_left": (
        _lt("Urssaf no longer knows this client as yours: they ended the relation, or it was broken."),
        _lt("Ask the client. With their consent they can be registered again."),
    ),
    "portal_asked": (
        _lt("The client asks on the portal to be registered, and has consented."),
        _lt("Look at what they entered, then press Register."),
    ),
    "consent_changed": (
        _lt("The client agreed to other values. Changed since: %(fields)s."),
        _lt(
            "The client agrees again on the portal, or you register them yourself and record the consent in your own "
            "name."
        ),
    ),
    "portal_too_often": (
        _lt("The automatic registration of this client failed %(count)s times in 24 hours."),
        _lt("Look at what they entered, and call them: then press Register."),
    ),
    "portal_too_many": (
        _lt("Too many clients have asked on the portal in 24 hours: this one is not registered automatically."),
        _lt("Look at who asks, then press Register. The daily limit is in the settings."),
    ),
    "portal_sign_up_free": (
        _lt("Anybody may sign up on your portal: nobody is registered automatically."),
        _lt("Look at who asks, then press Register; or have an administrator choose invitations only."),
    ),
    "other_person": (
        _lt("Urssaf knows somebody else under this e-mail address."),
        _lt("Check the e-mail address and the names with the client."),
    ),
    "claim_incomplete": (
        _lt(
            "To take over a client of another software, the birth name, the first names and the birth date are needed."
        ),
        _lt("Complete them: the names are compared with Urssaf's, and each payment request carries the birth date."),
    ),
    "claim_not_an_id": (
        _lt("The reference in another software is not one of Urssaf's: it has no spaces, and at most 100 characters."),
        _lt("Copy it again from the other software: letters, digits and hyphens."),
    ),
    "claim_unknown": (
        _lt("Urssaf knows no client of yours under the reference %(id_client)s."),
        _lt("Check it in the other software. It belongs to one provider: another provider's is of no use to you."),
    ),
    "claim_other_person": (
        _lt("Urssaf gives the reference %(id_client)s to somebody of another name."),
        _lt("Check the reference, then the birth name and the first names. Nothing was taken over."),
    ),
    "claim_taken": (
        _lt("The reference %(id_client)s is that of another of your clients here."),
        _lt("Check the reference, or use the registration that has it."),
    ),
    "birth_place_open": (
        _lt("The place of birth must be told more precisely."),
        _lt("Answer the question below the commune of birth."),
    ),
    "address_cut": (
        _lt("The imported address does not fit whole in what Urssaf accepts."),
        _lt("Compare it with your file, and shorten it."),
    ),
    "register_again": (
        _lt("The registration did not reach Urssaf."),
        _lt("Register the client again when you are ready: this is never done by itself."),
    ),
    # === The keys of the server === #
    "key_missing": (
        _lt("The secret for Urssaf is encrypted, and this server has no key: nothing is sent."),
        _lt(
            "An administrator gives the server its key again, or enters the secret anew in the settings of the "
            "invoicing. What waits then goes by itself."
        ),
    ),
    "key_wrong": (
        _lt("None of the keys of this server opens the secret for Urssaf: nothing is sent."),
        _lt(
            "An administrator gives the server the former key beside the new one, or enters the secret anew in the "
            "settings of the invoicing. What waits then goes by itself."
        ),
    ),
    "key_malformed": (
        _lt("One of the keys that encrypt the secret for Urssaf on this server is malformed: nothing is sent."),
        _lt(
            "An administrator corrects the configuration of the server: each key is 32 bytes in url-safe base64, and "
            "commas separate the keys."
        ),
    ),
}

UNKNOWN_NOTE = (_lt("Something needs your attention: %(code)s."), _lt("Show it to your administrator."))
