"""Registered clients: their registration (M010), their status (M020) and the links to providers."""

import uuid
from datetime import timedelta

from .clock import PARIS, format_instant, parse_instant
from .codes import error, fold, identity_for
from .refusals import next_refusal
from .registration_rules import rule_errors, shape_errors

LINK_LIFE = timedelta(days=7)

# docs/api.md §3; the codes of a link's `state` are Urssaf's own, except this one.
BROKEN = "BROKEN"
PENDING, VALID, NOT_FINALISED = "APPAREILLAGE_EC", "APPAREILLAGE_VALIDE", "APPAREILLAGE_NF"

_DESCRIPTIONS = {
    PENDING: "Transmission DP impossible, appareillage en cours de traitement",
    NOT_FINALISED: "Transmission DP impossible, appareillage non finalisé",
    "PARTICULIER_BLOQUE": "Transmission DP impossible, particulier bloqué",
    "MANDAT_ECHU": "Transmission DP impossible, mandat de prélèvement échu",
}


class StepImpossible(Exception):
    """A step by hand that the present state does not allow; the message says why."""


def register(world, provider, payload):
    """Register a client with `provider` (docs/api.md §2.1).

    :param world: the simulator's `World`
    :param provider: row of the provider
    :param payload: the decoded JSON body
    :return: ``(HTTP status, JSON body)``: the id, or all the errors
    """
    errors = shape_errors(payload, world.options["unknown_fields"])
    errors = errors or next_refusal(world.store, "registration") or rule_errors(payload, world.clock.now())
    if errors:
        return 400, errors
    with world.store.transaction() as db:
        identity = identity_for(payload["nomNaissance"]) or {}
        if "code" in identity:
            return 400, [error(identity["code"])]
        code = _conflict(db, provider, payload)
        if code:
            return 400, [error(code)]
        return 200, {"idClient": _link(db, world, provider, payload, identity)}


def _civil_status(payload):
    parts = fold(payload["nomNaissance"]), fold(payload["prenoms"]), payload["dateNaissance"][:10]
    return "|".join(parts)


def _conflict(db, provider, payload):
    """Return the code of what stands against a registration among the accounts there are, or None (docs/api.md §9)."""
    mail, phone = payload["adresseMail"].lower(), _phone(payload)
    person = db.execute("SELECT * FROM person WHERE civil_status = ?", (_civil_status(payload),)).fetchone()
    if person is None:
        taken = db.execute("SELECT 1 FROM person WHERE mail = ? AND phone = ?", (mail, phone)).fetchone()
        return "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE" if taken else None
    if person["blocked"]:
        return "ERR_COMPTE_BLOQUE"
    link = _find_link(db, provider["client_id"], person["id"])
    if link is not None and link["state"] != BROKEN:
        return "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE"
    if (person["mail"], person["phone"]) != (mail, phone):
        return "ERR_CONTACT"
    return None


def _phone(payload):
    return payload["numeroTelephonePortable"].replace("+33", "0", 1)


def _masked(iban):
    # Nothing in the simulator reads the account again: what is shown is all that is kept.
    return f"{iban[:4]} … {iban[-4:]}"


def _find_link(db, client_id, person_id):
    query = "SELECT * FROM link WHERE client_id = ? AND person_id = ?"
    return db.execute(query, (client_id, person_id)).fetchone()


def _link(db, world, provider, payload, identity):
    """Pair a person, known or new, with the provider (docs/api.md §2.1), and return the person's id."""
    civil_status = _civil_status(payload)
    person = db.execute("SELECT id, known FROM person WHERE civil_status = ?", (civil_status,)).fetchone()
    if person is None:
        person_id, known = str(uuid.uuid4()), bool(identity.get("known_elsewhere"))
        db.execute(
            "INSERT INTO person (id, civil_status, birth_name, usage_name, first_names, birth_date, mail, phone,"
            " account, known) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                person_id,
                civil_status,
                payload["nomNaissance"],
                payload.get("nomUsage") or None,
                payload["prenoms"],
                payload["dateNaissance"][:10],
                payload["adresseMail"].lower(),
                _phone(payload),
                _masked(payload["coordonneeBancaire"]["iban"]),
                known,
            ),
        )
    else:
        person_id, known = person["id"], person["known"]
    db.execute(
        "INSERT OR REPLACE INTO link (client_id, person_id, kind, state, sent_at) VALUES (?, ?, ?, ?, ?)",
        (
            provider["client_id"],
            person_id,
            "association" if known else "activation",
            PENDING,
            format_instant(world.clock.now()),
        ),
    )
    return person_id


def status(world, provider, person_id=None, mail=None):
    """Answer the status of a client (docs/api.md §2.2, §3).

    :param person_id: `idClient`, or None
    :param mail: `adresseMail`, or None; both given must be of the same client
    :return: ``(HTTP status, JSON body)``
    """
    if not person_id and not mail:
        return 400, [error("ERREUR_VALIDATION", "idClient, adresseMail : required")]
    query = (
        "SELECT person.*, link.state, link.activated_at FROM link JOIN person ON person.id = link.person_id"
        " WHERE link.client_id = ? AND link.state != ? AND (? IS NULL OR person.id = ?)"
        " AND (? IS NULL OR person.mail = ?) ORDER BY link.id DESC LIMIT 1"
    )
    mail = mail.lower() if mail else None
    person_id = person_id or None
    with world.store.transaction() as db:
        parameters = (provider["client_id"], BROKEN, person_id, person_id, mail, mail)
        row = db.execute(query, parameters).fetchone()
    if row is None:
        return 400, [error("ERR_RECHERCHE_PARTICULIER")]
    answer = {"idClient": row["id"], "nomNaissance": row["birth_name"], "prenoms": row["first_names"]}
    if row["usage_name"]:
        answer["nomUsage"] = row["usage_name"]
    answer["statut"] = statut(row)
    return 200, answer


def statut(row):
    """Return the `statut` object of a person joined with a link (docs/api.md §3).

    :param row: with `state`, `activated_at`, `blocked`, `mandate_expired`
    """
    code = row["state"]
    if code == VALID:
        if row["blocked"]:
            code = "PARTICULIER_BLOQUE"
        elif row["mandate_expired"]:
            code = "MANDAT_ECHU"
        else:
            since = parse_instant(row["activated_at"]).astimezone(PARIS)
            return {"code": VALID, "description": since.strftime("%d/%m/%Y %H:%M:%S"), "etat": "OK"}
    return {"code": code, "description": _DESCRIPTIONS.get(code, ""), "etat": "KO"}


def _activate(db, link, now, force):
    """The client follows the link that was sent, which lives seven days (docs/api.md §2.1)."""
    if link["state"] == VALID:
        raise StepImpossible("already active")
    if link["state"] == BROKEN and not force:
        raise StepImpossible("the client broke the link: register again, or restore_link")
    if link["kind"] == "activation" and now - parse_instant(link["sent_at"]) > LINK_LIFE and not force:
        raise StepImpossible("the activation link is dead after 7 days: resend_link first")
    db.execute("UPDATE link SET state = ?, activated_at = ? WHERE id = ?", (VALID, format_instant(now), link["id"]))
    db.execute("UPDATE person SET known = 1 WHERE id = ?", (link["person_id"],))


def _break(db, link, now, force):
    if link["state"] == BROKEN:
        raise StepImpossible("the link is broken already")
    db.execute("UPDATE link SET state = ? WHERE id = ?", (BROKEN, link["id"]))


def _restore(db, link, now, force):
    if link["state"] != BROKEN:
        raise StepImpossible("the link is not broken")
    state = VALID if link["activated_at"] else PENDING
    db.execute("UPDATE link SET state = ? WHERE id = ?", (state, link["id"]))


def _resend(db, link, now, force):
    if link["state"] not in (PENDING, NOT_FINALISED):
        raise StepImpossible("only a pairing under way has a link to send again")
    db.execute("UPDATE link SET state = ?, sent_at = ? WHERE id = ?", (PENDING, format_instant(now), link["id"]))


def _not_finalised(db, link, now, force):
    if link["state"] != PENDING and not force:
        raise StepImpossible("only a pairing under way can stay unfinished")
    db.execute("UPDATE link SET state = ? WHERE id = ?", (NOT_FINALISED, link["id"]))


def _set_flag(column, value, refusal):
    """Return a step that sets a flag of the person, and is impossible where it is set already."""

    def step(db, link, now, force):
        query = f"UPDATE person SET {column} = ? WHERE id = ? AND {column} != ?"  # nosec B608 # a name of ours
        changed = db.execute(query, (value, link["person_id"], value))
        if not changed.rowcount:
            raise StepImpossible(refusal)

    return step


PERSON_STEPS = {
    "activate": _activate,
    "block": _set_flag("blocked", 1, "blocked already"),
    "unblock": _set_flag("blocked", 0, "not blocked"),
    "expire_mandate": _set_flag("mandate_expired", 1, "the mandate is expired already"),
    "renew_mandate": _set_flag("mandate_expired", 0, "the mandate is not expired"),
    "break_link": _break,
    "restore_link": _restore,
    "resend_link": _resend,
    "not_finalised": _not_finalised,
}


def possible_steps(row):
    """Return the steps that the present state of a person and its link leads to.

    :param row: with `state`, `blocked`, `mandate_expired`
    """
    by_state = {
        PENDING: ["activate", "resend_link", "not_finalised", "break_link"],
        NOT_FINALISED: ["activate", "resend_link", "break_link"],
        VALID: ["break_link"],
        BROKEN: ["restore_link"],
    }
    repairs = ["unblock"] * row["blocked"] + ["renew_mandate"] * row["mandate_expired"]
    damages = ["block"] * (not row["blocked"]) + ["expire_mandate"] * (not row["mandate_expired"])
    return repairs + by_state[row["state"]] + damages


def step(world, person_id, action, client_id=None, force=False):
    """Do one step of `PERSON_STEPS` by hand on a person's link.

    :param str person_id: `idClient`
    :param str action: a key of `PERSON_STEPS`
    :param client_id: the provider whose link is meant; by default the one made last
    :param bool force: also where the present state does not lead there
    :raise KeyError: unknown person or link
    :raise StepImpossible: when the state does not allow it
    """
    with world.store.transaction() as db:
        link = db.execute(
            "SELECT * FROM link WHERE person_id = ? AND (? IS NULL OR client_id = ?) ORDER BY id DESC LIMIT 1",
            (person_id, client_id, client_id),
        ).fetchone()
        if link is None:
            raise KeyError(person_id)
        PERSON_STEPS[action](db, link, world.clock.now(), force)
