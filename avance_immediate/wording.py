"""Puts into words, for a person, what the API's rules, answers and failures mean.

A *problem* is kept as data, ``{"kind", "code", "params"}``, and ``catalogue`` has the words: the same problem is read
in the invoice's banner, in the chatter and in an activity, each time in the reader's language.
"""

import json
import re

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from . import catalogue
from .urssaf.tiers_prestation.vocabulary import NO_CODE, code_from_wire

_REFERENCE = re.compile(r"[A-Za-z0-9._:-]{1,100}")  # of a call: anything else is free text

_HAS_LETTERS = re.compile(r"[^\W\d_]{3}")

LARGEST_AMOUNT = 10**13  # a float is exact to the cent below, and so is what is kept of it


# === PROBLEMS === #


def from_rules(problems):
    """Turn what ``urssaf.rules`` found into problems."""
    return [
        {"kind": "rule", "code": problem.code, "field": problem.field, "params": dict(problem.params)}
        for problem in problems
    ]


def from_errors(errors):
    """Turn Urssaf's own errors (``RemoteError``) into problems.

    Urssaf's own description is not kept: it may quote personal data. It is in the exchange, masked.
    """
    return distinct({"kind": "error", "code": code_from_wire(error.code), "params": {}} for error in errors)


def from_failure(error):
    """Turn a failed call (``UrssafError``) into problems: its codes if it has any, else what kind of failure."""
    if error.errors:
        return from_errors(error.errors)
    reference = error.correlation_id or ""
    params = {"correlation_id": reference} if _REFERENCE.fullmatch(reference) else {}
    return [{"kind": "failure", "code": type(error).__name__, "params": params}]


def note(code, **params):
    """Build a problem that the addon itself reports; its words are in ``catalogue.notes``."""
    return {"kind": "note", "code": code, "params": params}


def distinct(problems):
    """Return the problems, each once: of the same failed call, whatever its reference, the last.

    A problem is told with its parameters: two lines of an invoice may have the same, and each is named.
    """
    problems = list(problems)
    last = {problem["code"]: problem for problem in problems if problem["kind"] == "failure"}
    told = [last[problem["code"]] if problem["kind"] == "failure" else problem for problem in problems]
    return [problem for index, problem in enumerate(told) if problem not in told[:index]]


def describe(env, problem):
    """Return the problem as (what is the matter, what to do), in the language of ``env``."""
    code = code_from_wire(problem["code"]) if problem["kind"] == "error" else problem["code"]
    params = {"code": code, **problem.get("params", {})}
    matter, remedy = (say(env, text) % params for text in catalogue.lookup(problem["kind"], code))
    if params.get("correlation_id", "-") != "-":  # a dash: kept by former versions where there was none
        remedy = f"{remedy} {say(env, catalogue.reference()) % params}"
    return matter, remedy


def first_title(env, problems):
    """Return what is the matter in the first problem, for the summary of an activity."""
    return describe(env, problems[0])[0] if problems else ""


def as_text(env, problems):
    """Return the problems as plain text, one a line."""
    return "\n".join(" ".join(describe(env, problem)) for problem in problems or [])


def explain(env, problem):
    """Return all that can be said of a problem, in the language of ``env`` and as plain text, fit for JSON.

    :return: dictionary with ``title``, ``repair``, ``causes`` (pairs of cause and what to try, the likeliest first)
        and ``sections`` (of ``catalogue.SECTIONS``: the parts of the registration's form that it concerns)
    """
    title, repair = describe(env, problem)
    code = problem["code"] if problem["kind"] == "error" else None
    causes = [tuple(str(say(env, text)) for text in pair) for pair in catalogue.causes(code)]
    return {"title": title, "repair": repair, "causes": causes, "sections": list(catalogue.concerned(code))}


def as_html(env, problems, *, brief=False):
    """Return the problems as an HTML list, or an empty text when there is none.

    :param bool brief: say of each what to do in one sentence, and leave out its likely causes
    """
    if brief:
        return as_list(describe(env, problem) for problem in problems or [])
    return as_list(_with_causes(env, problem) for problem in problems or [])


def as_list(pairs):
    """Return pairs of what is the matter and what to do as an HTML list, or an empty text when there is none."""
    items = Markup().join(Markup("<li><b>%s</b> %s</li>") % pair for pair in pairs)
    return items and Markup("<ul class='mb-0 ps-3'>%s</ul>") % items


def _with_causes(env, problem):
    """Return what is the matter, and what to do: one repair, or the likely causes with theirs, as HTML."""
    said = explain(env, problem)
    if len(said["causes"]) < 2:
        return said["title"], " ".join(said["causes"][0]) if said["causes"] else said["repair"]
    causes = Markup().join(Markup("<li><b>%s</b> %s</li>") % pair for pair in said["causes"])
    heading = env._("Likely causes, the likeliest first:")
    return said["title"], Markup("<div>%s</div><ol class='mb-1 ps-3'>%s</ol>") % (heading, causes)


def outcome(env, name, codes):
    """Return how an exchange ended: ``ok``, else the class of its error, and the codes that Urssaf gave."""
    if name == "ok":
        return env._("Answered")
    known = [code for code in codes if code]
    kind, code = ("error", known[0]) if known else ("failure", name)
    return describe(env, {"kind": kind, "code": code})[0]


# === STATUSES === #


def request_status(env, code):
    """Return the label of the status of a payment request; an unknown code is shown where it has the form of one."""
    return _label(env, catalogue.request_status(code), code, catalogue.REQUEST_STATUSES)


def client_status(env, code):
    """Return the label of the status of a client; an unknown code is shown where it has the form of one."""
    return _label(env, catalogue.client_status(code), code, catalogue.CLIENT_STATUSES)


def refusal(env, code):
    """Return the reason of a refusal or a cancellation, or False when there is none."""
    return _label(env, catalogue.refusal(code), code, catalogue.REFUSALS)


def request_step(env, state, code):
    """Return what comes next for a payment request in ``state``, whose status at Urssaf is ``code``."""
    return say(env, catalogue.request_step(state, code)) if state else False


def registration_step(env, state):
    """Return what to do next about a registration in ``state``."""
    return say(env, catalogue.registration_step(state)) if state else False


def _label(env, pair, code, known):
    if not code:
        return False
    label, code = say(env, pair[0]), code_from_wire(code)
    return label if code in known or code == NO_CODE else f"{label} ({code})"


def say(env, text):
    """Return a lazy text in the language of ``env``, not yet filled with its parameters."""
    translate = env._  # the checks of sources look for literals, which stand in ``catalogue``
    return translate(text)


# === VALUES === #


def money(env, amount, currency):
    """Return an amount as the reader writes it."""
    return formatLang(env, amount, currency_obj=currency)


def storable_amount(amount):
    """Return an amount of Urssaf (``Decimal``, or ``None``) as a column holds it; 0.0 where none holds it exactly."""
    return float(amount) if amount is not None and amount.copy_abs() < LARGEST_AMOUNT else 0.0


def announced(env, amount, currency):
    """Return an amount (``Decimal``) as Urssaf announces it, however odd: all its decimals, or its magnitude."""
    if amount.copy_abs() >= LARGEST_AMOUNT:
        return f"{amount:.2E} {currency.symbol}"
    if amount == round(amount, currency.decimal_places):
        return money(env, float(amount), currency)
    return f"{formatLang(env, float(amount), digits=6)} {currency.symbol}"


def reason(error, hide=()):
    """Return why something failed here, fit to be shown: an error meant for users as it is, another by its name.

    :param hide: texts that tell whom it is about: those with letters are left out wherever they stand
    """
    if not isinstance(error, UserError) or not error.args:
        return type(error).__name__
    text = str(error.args[0])
    for value in sorted(filter(_HAS_LETTERS.search, hide), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return text


def as_json(value):
    """Return a message as indented JSON, or False when there is none."""
    return json.dumps(value, indent=2, ensure_ascii=False) if value else False
