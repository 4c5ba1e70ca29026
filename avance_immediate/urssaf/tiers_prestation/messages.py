"""What goes over the wire: one class for each object, with the exact wire names in ``to_wire`` and ``from_wire``.

Amounts are ``Decimal`` in euros. Days are ``date``; moments are naive wall clocks of Europe/Paris. Objects that carry
personal data do not show them in their representation.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from ..http.errors import RemoteError
from ..http.wire import (
    day_from_wire,
    id_from_wire,
    is_legible,
    moment_from_wire,
    moment_to_wire,
    number_from_wire,
    number_to_wire,
    object_from_wire,
    objects_from_wire,
    text_from_wire,
    without_empty,
)
from .api import TIERS_PRESTATION
from .person_messages import Address, BankAccount, BirthPlace, Person, PersonStatus
from .vocabulary import code_from_wire

__all__ = [
    "Address",
    "BankAccount",
    "BirthPlace",
    "PaymentRequest",
    "Person",
    "PersonStatus",
    "RequestInfo",
    "SearchResult",
    "Service",
    "Submission",
]

# ---------------------------------------------------------------------------------------------------------------------
# Sending payment requests
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Service:
    """One line of a payment request, ``InputPrestation`` (docs/api.md §2.3).

    ``unit`` is ``HEURE`` or ``FORFAIT``; ``label`` is what the client reads; ``worker`` says who came: ``SAP`` and nine
    digits, or ``SIR`` and fourteen. Amounts in euros.
    """

    nature_code: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount_incl: Decimal
    amount_excl: Decimal
    amount_vat: Decimal
    activity_code: str | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    label: str = field(default="", repr=False)
    worker: str = ""

    def to_wire(self) -> dict:
        return without_empty(
            {
                "codeActivite": self.activity_code,
                "codeNature": self.nature_code,
                "quantite": number_to_wire(self.quantity),
                "unite": self.unit,
                "mntUnitaireTTC": number_to_wire(self.unit_price),
                "mntPrestationTTC": number_to_wire(self.amount_incl),
                "mntPrestationHT": number_to_wire(self.amount_excl),
                "mntPrestationTVA": number_to_wire(self.amount_vat),
                "dateDebutEmploi": moment_to_wire(self.start),
                "dateFinEmploi": moment_to_wire(self.end),
                "complement1": self.label,
                "complement2": self.worker,
            }
        )

    @classmethod
    def from_wire(cls, data: dict) -> "Service":
        return cls(
            nature_code=text_from_wire(data.get("codeNature")),
            quantity=number_from_wire(data.get("quantite")),
            unit=text_from_wire(data.get("unite")),
            unit_price=number_from_wire(data.get("mntUnitaireTTC")),
            amount_incl=number_from_wire(data.get("mntPrestationTTC")),
            amount_excl=number_from_wire(data.get("mntPrestationHT")),
            amount_vat=number_from_wire(data.get("mntPrestationTVA")),
            activity_code=text_from_wire(data.get("codeActivite")) or None,
            start=moment_from_wire(data.get("dateDebutEmploi")),
            end=moment_from_wire(data.get("dateFinEmploi")),
            label=text_from_wire(data.get("complement1")),
            worker=text_from_wire(data.get("complement2")),
        )


@dataclass(frozen=True)
class PaymentRequest:
    """One invoice sent for payment, ``InputDemandePaiement`` (docs/api.md §2.3).

    ``billing_id`` is mandatory, and any text will do. ``number`` is unique per provider. ``start`` and ``end`` are the
    first and last day of service, or moments. Amounts in euros; ``deposit`` is what the client has already paid.
    """

    billing_id: str
    id_client: str
    birth_date: date | None = field(repr=False)
    number: str
    invoice_date: date | None
    start: date | datetime | None
    end: date | datetime | None
    amount_incl: Decimal
    amount_excl: Decimal
    deposit: Decimal | None = None
    deposit_date: date | None = None
    services: tuple[Service, ...] = ()

    def to_wire(self) -> dict:
        return without_empty(
            {
                "idTiersFacturation": self.billing_id,
                "idClient": self.id_client,
                "dateNaissanceClient": moment_to_wire(self.birth_date),
                "numFactureTiers": self.number,
                "dateFacture": moment_to_wire(self.invoice_date),
                "dateDebutEmploi": moment_to_wire(self.start),
                "dateFinEmploi": moment_to_wire(self.end),
                "mntAcompte": number_to_wire(self.deposit),
                "dateVersementAcompte": moment_to_wire(self.deposit_date),
                "mntFactureTTC": number_to_wire(self.amount_incl),
                "mntFactureHT": number_to_wire(self.amount_excl),
                "inputPrestations": [service.to_wire() for service in self.services],
            }
        )

    @classmethod
    def from_wire(cls, data: dict) -> "PaymentRequest":
        return cls(
            billing_id=text_from_wire(data.get("idTiersFacturation")),
            id_client=text_from_wire(data.get("idClient")),
            birth_date=day_from_wire(data.get("dateNaissanceClient")),
            number=text_from_wire(data.get("numFactureTiers")),
            invoice_date=day_from_wire(data.get("dateFacture")),
            start=moment_from_wire(data.get("dateDebutEmploi")),
            end=moment_from_wire(data.get("dateFinEmploi")),
            amount_incl=number_from_wire(data.get("mntFactureTTC")),
            amount_excl=number_from_wire(data.get("mntFactureHT")),
            deposit=number_from_wire(data.get("mntAcompte")),
            deposit_date=day_from_wire(data.get("dateVersementAcompte")),
            services=tuple(Service.from_wire(line) for line in objects_from_wire(data.get("inputPrestations"))),
        )


# ---------------------------------------------------------------------------------------------------------------------
# What comes back for payment requests
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Submission:
    """Urssaf's answer for one payment request, ``OutputDemandePaiement`` (docs/api.md §2.3).

    Exactly one of ``taken``, ``rejected`` and ``unknown`` holds.
    """

    number: str
    id_client: str | None = None
    id_request: str | None = None
    status: str | None = None
    errors: tuple[RemoteError, ...] = ()

    @property
    def taken(self) -> bool:
        """Urssaf gave it an id; should errors stand beside it, look it up before believing them."""
        return bool(self.id_request)

    @property
    def rejected(self) -> bool:
        """Errors, no id, and no status of a request that was accepted (those are all numbers)."""
        return not self.id_request and bool(self.errors) and not (self.status or "").isdigit()

    @property
    def unknown(self) -> bool:
        """The answer does not settle what became of this number: look it up."""
        return not self.taken and not self.rejected


@dataclass(frozen=True)
class RequestInfo:
    """A payment request as Urssaf holds it, ``InfoDemandePaiement`` (docs/api.md §2.4).

    ``status_code`` and ``refusal_code`` are kept as received where they have the form of a code, known or not; of
    ``status_label`` the words that any label has. ``refusal_comment`` is the client's own. ``transfer_amount`` is
    ``None`` while the transfer is only planned for ``transfer_date``, or where it is no number, which
    ``is_transfer_unreadable`` tells apart. ``is_garbled`` where a code has characters that nobody sees: nothing is to
    be learnt from it. ``amount`` and ``deposit`` are those of the request as sent. Euros. ``raw`` is the object as
    received.
    """

    id_request: str
    number: str
    id_client: str
    amount: Decimal | None
    deposit: Decimal | None
    status_code: str
    status_label: str = field(repr=False)
    refusal_code: str
    refusal_comment: str = field(repr=False)
    transfer_amount: Decimal | None
    is_transfer_unreadable: bool
    transfer_date: date | None
    is_garbled: bool
    raw: dict = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, data: dict) -> "RequestInfo":
        sent = object_from_wire(data.get("demandePaiement"))
        status = object_from_wire(data.get("statut"))
        refusal = object_from_wire(data.get("infoRejet"))
        announced = data.get("infoVirement")
        transfer = object_from_wire(announced)
        transfer_amount = number_from_wire(transfer.get("mntVirement"))
        is_something_else = bool(announced) and not isinstance(announced, dict)
        return cls(
            id_request=id_from_wire(data.get("idDemandePaiement")),
            number=text_from_wire(sent.get("numFactureTiers")),
            id_client=id_from_wire(sent.get("idClient")),
            amount=number_from_wire(sent.get("mntFactureTTC")),
            deposit=number_from_wire(sent.get("mntAcompte")),
            status_code=code_from_wire(status.get("code")),
            status_label=TIERS_PRESTATION.masking.text(text_from_wire(status.get("libelle"))),
            refusal_code=code_from_wire(refusal.get("code")),
            refusal_comment=text_from_wire(refusal.get("commentaire")),
            transfer_amount=transfer_amount,
            is_transfer_unreadable=is_something_else
            or (transfer_amount is None and transfer.get("mntVirement") not in (None, "")),
            transfer_date=day_from_wire(transfer.get("dateVirement")),
            is_garbled=not (is_legible(status.get("code")) and is_legible(refusal.get("code"))),
            raw=data,
        )

    def to_wire(self) -> dict:
        return self.raw

    @property
    def news(self) -> tuple:
        """What may change from one answer to the next, without words: two of one request that differ contradict."""
        return (
            self.number,
            self.status_code,
            self.refusal_code,
            self.transfer_amount,
            self.is_transfer_unreadable,
            self.transfer_date,
            self.is_garbled,
        )


@dataclass(frozen=True)
class SearchResult:
    """What a search gave (docs/api.md §2.4).

    ``nothing_found`` is true only where Urssaf said so in so many words for everything asked: an empty ``found`` alone
    proves nothing.
    """

    found: tuple[RequestInfo, ...] = ()
    errors: tuple[RemoteError, ...] = ()
    nothing_found: bool = False

    @property
    def by_id(self) -> dict[str, tuple[RequestInfo, ...]]:
        """What was found, by Urssaf's reference in small letters: more than one where the answer contradicts itself."""
        found: dict[str, dict[tuple, RequestInfo]] = {}
        for info in self.found:
            found.setdefault(info.id_request.lower(), {}).setdefault(info.news, info)
        return {reference: tuple(infos.values()) for reference, infos in found.items()}
