"""The page at `/`: what the simulator holds, for a person (in French), with the commonest orders as buttons."""

import functools
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader
from werkzeug.wrappers import Response

from . import camt, faults, life, report
from .clock import PARIS, parse_instant
from .codes import IDENTITIES
from .persons import StepImpossible
from .steering import advance, numbers, step_person, step_request
from .store import DEFAULT_CLIENT_ID
from .web import Route, json_response

CALLS_SHOWN = 30

PERSON_LABELS = {
    "activate": "Activer / accepter",
    "block": "Bloquer",
    "unblock": "Débloquer",
    "expire_mandate": "Faire échoir le mandat",
    "renew_mandate": "Renouveler le mandat",
    "break_link": "Rompre le lien",
    "restore_link": "Rétablir le lien",
    "resend_link": "Renvoyer le lien d'activation",
    "not_finalised": "Appareillage non finalisé",
}
REQUEST_LABELS = {
    "notify": "Notifier le client (20)",
    "validate": "Valider (30)",
    "refuse": "Refuser (40)",
    "debit": "Prélever (50)",
    "refuse_debit": "Refuser le prélèvement (60)",
    "plan_transfer": "Planifier le virement (70)",
    "pay": "Virer (70)",
    "cancel": "Annuler (110)",
    "cancel_after_unpaid": "Annuler après impayé (111)",
    "cancel_after_recovery": "Annuler après recouvrement (112)",
    "cancel_specific": "Annuler, raison spécifique (113)",
    "recover": "Recouvrer (120)",
    "provider_unpaid": "Impayé prestataire (260)",
    "provider_settled": "Régulariser (270)",
}

#: The switches that the page offers, with what each of their values means.
OPTION_LABELS = {
    "transfers": {
        "by_date": "Un virement par date",
        "each": "Un virement par demande",
        "random": "Virements groupés et partagés au hasard",
    },
    "taken_back": {
        "debit": "Reprises prélevées",
        "deduct": "Reprises déduites d'un virement",
        "random": "Reprises prélevées ou déduites, au hasard",
    },
}


def _local(text):
    """An instant as Paris reads it; a bare date stays a date."""
    if not text:
        return ""
    if len(text) == 10:
        return datetime.fromisoformat(text).strftime("%d/%m/%Y")
    return parse_instant(text).astimezone(PARIS).strftime("%d/%m/%Y %H:%M")


def _euros(amount):
    if amount is None:
        return ""
    return f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"


_HERE = Path(__file__).parent
_STYLE = "/static/page.css"
_TEMPLATES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
_TEMPLATES.filters |= {"local": _local, "euros": _euros}


def routes(world):
    """Return the routes of the page, its buttons, its style and the file of the bank."""
    buttons = {
        "/page/advance": _advance,
        "/page/persons/<person_id>": _step_person,
        "/page/requests/<request_id>": _step_request,
        "/page/options": _set_options,
        "/page/faults": _add_fault,
        "/page/faults/clear": _clear_faults,
    }
    return [
        Route("GET", "/", functools.partial(_index, world)),
        Route("GET", _STYLE, lambda request: Response((_HERE / _STYLE[1:]).read_bytes(), mimetype="text/css")),
        Route("GET", "/_simulator/bank.camt", functools.partial(_bank_file, world)),
        *(Route("POST", path, functools.partial(_ordered, world, order)) for path, order in buttons.items()),
    ]


def _index(world, request):
    life.catch_up(world)
    held = report.state(world)
    held["calls"] = held["calls"][: -CALLS_SHOWN - 1 : -1]
    page = _TEMPLATES.get_template("page.html").render(
        **held,
        faults=faults.list_faults(world.store),
        identities=IDENTITIES,
        fault_kinds=faults.INSTEAD + faults.AFTERWARDS,
        operations=faults.OPERATIONS,
        person_labels=PERSON_LABELS,
        request_labels=REQUEST_LABELS,
        option_labels=OPTION_LABELS,
        problem=request.args.get("problem"),
        root=request.script_root,
    )
    return Response(page, mimetype="text/html")


def _bank_file(world, request):
    """Give the statement of a provider as a file: `client_id` and `iban` may stand in the query."""
    life.catch_up(world)
    client_id, iban = request.args.get("client_id", DEFAULT_CLIENT_ID), request.args.get("iban", camt.IBAN)
    try:
        content = camt.statement(world, client_id, iban)
    except ValueError as problem:
        return json_response(400, {"error": str(problem)})
    headers = {"Content-Disposition": 'attachment; filename="urssaf.camt053.xml"'}
    return Response(content, mimetype="application/xml", headers=headers)


def _ordered(world, order, request, **which):
    """Do what a button asks; come back to the page with what went wrong, if anything did."""
    problem = None
    try:
        order(world, request.form, **which)
    except (StepImpossible, ValueError, ArithmeticError) as refusal:
        problem = str(refusal)
    except KeyError:
        problem = "Introuvable"
    query = f"?{urlencode({'problem': problem})}" if problem else ""
    answer = Response(status=303, headers={"Location": f"{request.script_root}/{query}"})
    # As it is: whoever calls knows best under which name.
    answer.autocorrect_location_header = False
    return answer


def _advance(world, form):
    advance(world, form.get("hours", ""))


def _step_person(world, form, person_id):
    step_person(world, person_id, form.to_dict())


def _step_request(world, form, request_id):
    order = {"action": form.get("action")}
    if typed := form.get("amount", "").strip().replace(",", "."):
        order["amount"] = Decimal(typed)
    step_request(world, request_id, numbers(order))


def _set_options(world, form):
    world.set_options(form.to_dict())


def _add_fault(world, form):
    faults.add_fault(world.store, {"operation": form.get("operation"), "fault": form.get("fault")})


def _clear_faults(world, _form):
    faults.clear_faults(world.store)
