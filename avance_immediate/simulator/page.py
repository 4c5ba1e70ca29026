"""The page at `/`: what the simulator holds, for a person (in French), with the commonest orders as buttons."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for

from . import faults, life, report
from .clock import PARIS, parse_instant
from .codes import IDENTITIES
from .persons import StepImpossible
from .steering import advance, step_person, step_request

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


def blueprint(world):
    """Return the Flask blueprint of the page and of its buttons."""
    pages = Blueprint("page", __name__)
    pages.add_app_template_filter(_local, "local")
    pages.add_app_template_filter(_euros, "euros")

    @pages.get("/")
    def index():
        life.catch_up(world)
        held = report.state(world)
        held["calls"] = held["calls"][: -CALLS_SHOWN - 1 : -1]
        return render_template(
            "page.html",
            **held,
            faults=faults.list_faults(world.store),
            identities=IDENTITIES,
            fault_kinds=faults.INSTEAD + faults.AFTERWARDS,
            operations=faults.OPERATIONS,
            person_labels=PERSON_LABELS,
            request_labels=REQUEST_LABELS,
            problem=request.args.get("problem"),
        )

    def ordered(order):
        """Do what a button asks; come back to the page with what went wrong, if anything did."""
        problem = None
        try:
            order()
        except (StepImpossible, ValueError, ArithmeticError) as refusal:
            problem = str(refusal)
        except KeyError:
            problem = "Introuvable"
        return redirect(url_for("page.index", problem=problem), 303)

    @pages.post("/page/advance")
    def page_advance():
        return ordered(lambda: advance(world, request.form.get("hours", "")))

    @pages.post("/page/persons/<person_id>")
    def page_person(person_id):
        return ordered(lambda: step_person(world, person_id, request.form.to_dict()))

    @pages.post("/page/requests/<request_id>")
    def page_request(request_id):
        return ordered(lambda: step_request(world, request_id, {"action": request.form.get("action")}))

    @pages.post("/page/faults")
    def page_fault():
        order = {"operation": request.form.get("operation"), "fault": request.form.get("fault")}
        return ordered(lambda: faults.add_fault(world.store, order))

    @pages.post("/page/faults/clear")
    def page_clear():
        return ordered(lambda: faults.clear_faults(world.store))

    return pages
