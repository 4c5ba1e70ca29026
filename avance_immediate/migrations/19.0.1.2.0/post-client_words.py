import json
import re

from markupsafe import escape

from odoo.tools import SQL

# As the former version quoted the comment of a refusal, in the two languages that it spoke. A text node of HTML has no
# "<"; the quotation ends with the last mark of its text, a comment being free to have others.
SPACE = r"(?:\s|&nbsp;)"
SENTENCES = (
    r"(The client refused the payment request\.{0}?)\s*Comment: “{0}”",
    rf"(Le client a refusé la demande de paiement\.{{0}}?){SPACE}*Commentaire{SPACE}*: «{SPACE}{{0}}{SPACE}»",
)
IN_HTML = [re.compile(sentence.format("[^<]*")) for sentence in SENTENCES]
IN_TEXT = [re.compile(sentence.format(".*"), re.DOTALL) for sentence in SENTENCES]
# What the sentence in another language puts around it.
MARKS = '[“”„«»‘’"]'

# Where the former version told of a request, and the column of the request that leads there.
PLACES = {"urssaf.payment.request": "id", "account.move": "move_id"}


def migrate(cr, _version):
    """Take the client's comment out of all places but its own field: problems, activities, messages and mails.

    The sentences stay, without the quotation. What a person typed is theirs: there only the quotation as the former
    version wrote it goes.
    """
    clean_problems(cr, "urssaf_payment_request", "problems")
    clean_problems(cr, "urssaf_payout", "problem")
    for model, column in PLACES.items():
        cr.execute(
            SQL(
                """
                SELECT %s, array_agg(DISTINCT refusal_comment) FROM urssaf_payment_request
                WHERE refusal_comment != '' GROUP BY 1
                """,
                SQL.identifier(column),
            )
        )
        comments = dict(cr.fetchall())
        records = SQL("SELECT %s FROM urssaf_payment_request", SQL.identifier(column))
        clean_activities(cr, model, records, comments)
        clean_messages(cr, model, records, comments)


def clean_problems(cr, table, column):
    """Take the comment out of the problems kept as data, a list of them or a single one."""
    table, column = SQL.identifier(table), SQL.identifier(column)
    cr.execute(SQL("SELECT id, %s FROM %s WHERE %s::text LIKE '%%\"comment\"%%'", column, table, column))
    for record_id, value in cr.fetchall():
        for problem in value if isinstance(value, list) else [value]:
            problem.get("params", {}).pop("comment", None)
        cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, json.dumps(value), record_id))


def clean_activities(cr, model, records, comments):
    """Clean the activities about these records; those that are done are kept too, archived."""
    cr.execute(
        SQL(
            """
            SELECT id, res_id, summary, note FROM mail_activity
            WHERE res_model = %s AND res_id IN (%s) AND (concat(summary, note) LIKE '%%Comment%%' OR res_id = ANY(%s))
            """,
            model,
            records,
            list(comments),
        )
    )
    for activity_id, res_id, summary, note in cr.fetchall():
        known = comments.get(res_id, ())
        update(cr, "mail_activity", activity_id, summary=in_text(summary, known), note=in_html(note, known))


def clean_messages(cr, model, records, comments):
    """Clean the messages about these records, and the mails that were made of them."""
    cr.execute(
        SQL(
            """
            SELECT message.id, message.res_id, message.message_type, message.subject, message.body,
                   mail.id, mail.body_html
            FROM mail_message message LEFT JOIN mail_mail mail ON mail.mail_message_id = message.id
            WHERE message.model = %s AND message.res_id IN (%s)
              AND (concat(message.subject, message.body) LIKE '%%Comment%%' OR message.res_id = ANY(%s))
            """,
            model,
            records,
            list(comments),
        )
    )
    for message_id, res_id, kind, subject, body, mail_id, html in cr.fetchall():
        known = comments.get(res_id, ()) if kind != "comment" else ()
        update(cr, "mail_message", message_id, subject=in_text(subject, known), body=in_html(body, known))
        if mail_id:
            update(cr, "mail_mail", mail_id, body_html=in_html(html, known))


def in_text(text, comments):
    """Return a plain text without these comments."""
    return text and without(text, IN_TEXT, comments)


def in_html(html, comments):
    """Return an HTML text without these comments, however its quotation marks are written."""
    escaped = [str(escape(comment)) for comment in comments]
    plain = [text.replace("&#39;", "'").replace("&#34;", '"') for text in escaped]
    return html and without(html, IN_HTML, [*escaped, *plain])


def without(text, sentences, comments):
    """Take the quotation out of these sentences; elsewhere, an ellipsis replaces a comment between quotation marks."""
    for sentence in sentences:
        text = sentence.sub(r"\1", text)
    for comment in sorted(comments, key=len, reverse=True):
        words = r"\s+".join(map(re.escape, comment.split()))  # a subject has its words on one line
        quoted = rf"({MARKS}{SPACE}*){words}({SPACE}*{MARKS})"
        text = re.sub(quoted, r"\1…\2", text)
    return text


def update(cr, table, record_id, **values):
    """Write these columns of a row, where they change."""
    for name, value in values.items():
        column = SQL.identifier(name)
        cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s AND %s IS DISTINCT FROM %s",
                SQL.identifier(table),
                column,
                value,
                record_id,
                column,
                value,
            )
        )
