"""What Urssaf refuses in a payment request (docs/api.md §2.3, §7). Amounts in euros, moments in Europe/Paris."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from stdnum import luhn

from ..tiers_prestation.lists import NATURES, UNITS
from ..tiers_prestation.messages import PaymentRequest, Service
from .problem import Problem, Problems

CENT = Decimal("0.01")
MARGIN = timedelta(minutes=5)  # after the activation, whose time of the day seems to count (docs/api.md §7)

_WORKER = re.compile(r"SAP[0-9]{9}|SIR[0-9]{14}", re.ASCII)


def check_payment_request(
    request: PaymentRequest, *, today: date, active_since: date | datetime | None = None
) -> list[Problem]:
    """Give all that Urssaf would refuse in this payment request.

    :param today: the day in France
    :param active_since: since when the client is active, where known
    """
    problems = Problems()
    for code, path, value in (
        ("billing_id_missing", "idTiersFacturation", request.billing_id),
        ("client_id_missing", "idClient", request.id_client),
        ("client_birth_date_missing", "dateNaissanceClient", request.birth_date),
        ("number_missing", "numFactureTiers", request.number),
        ("invoice_date_missing", "dateFacture", request.invoice_date),
    ):
        if not value:
            problems.add(code, path)
    _check_period(request, problems, today, active_since)
    _check_totals(request, problems)
    _check_deposit(request, problems)
    if not request.services:
        problems.add("lines_missing", "inputPrestations")
    for index, service in enumerate(request.services):
        _check_line(service, request, index, problems)
    return list(problems)


# ---------------------------------------------------------------------------------------------------------------------
# Days
# ---------------------------------------------------------------------------------------------------------------------


def service_period(
    first: date, last: date, active_since: date | datetime | None = None
) -> tuple[date | datetime, date | datetime]:
    """Give the start and the end to send for services from the first to the last day.

    Days go as midnight; on the day of the activation that would be before it, so the start is a moment shortly after.
    """
    if not isinstance(active_since, datetime) or first != active_since.date():
        return first, last
    start = min(active_since + MARGIN, datetime.combine(first, time(23, 59, 59)))
    return start, start if last == first else last


def _check_period(
    request: PaymentRequest, problems: Problems, today: date, active_since: date | datetime | None
) -> None:
    start, end = request.start, request.end
    if start is None:
        problems.add("period_start_missing", "dateDebutEmploi")
    if end is None:
        problems.add("period_end_missing", "dateFinEmploi")
    elif _day(end) > today:
        problems.add("period_future", "dateFinEmploi", end=_read(end))
    if start is not None and end is not None:
        if _moment(end) < _moment(start):
            problems.add("period_reversed", "dateFinEmploi", start=_read(start), end=_read(end))
        elif (_day(start).year, _day(start).month) != (_day(end).year, _day(end).month):
            problems.add("period_two_months", "dateFinEmploi", start=_read(start), end=_read(end))
    if active_since is None:
        return
    if start is not None and _moment(start) < _moment(active_since):
        problems.add("period_before_activation", "dateDebutEmploi", start=_read(start), since=_read(active_since))
    if request.invoice_date and request.invoice_date < _day(active_since):
        problems.add(
            "invoice_before_activation", "dateFacture", date=_read(request.invoice_date), since=_read(active_since)
        )


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _moment(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _read(value: date | datetime | Decimal) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return f"{value:%d/%m/%Y %H:%M}" if isinstance(value, datetime) else f"{value:%d/%m/%Y}"


# ---------------------------------------------------------------------------------------------------------------------
# Amounts
# ---------------------------------------------------------------------------------------------------------------------


def price(quantity: Decimal, total: Decimal) -> Decimal | None:
    """Give the unit price, with two decimals, that makes this total once multiplied and rounded half up to the cent.

    Urssaf recomputes the line in this way; a third decimal is not safe (docs/api.md §8).

    :return: the price nearest to ``total / quantity``; ``None`` where there is none, or nothing positive to divide by
    """
    if quantity <= 0 or total < 0:
        return None
    exact = total / quantity
    candidates = [exact.quantize(CENT, ROUND_FLOOR), exact.quantize(CENT, ROUND_CEILING)]
    fitting = [candidate for candidate in candidates if _to_cent(quantity * candidate) == total]
    return min(fitting, key=lambda candidate: abs(candidate - exact), default=None)


def _to_cent(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _more_than_cents(value: Decimal) -> bool:
    return value != _to_cent(value)


def _check_totals(request: PaymentRequest, problems: Problems) -> None:
    for path, value, lines in (
        ("mntFactureTTC", request.amount_incl, [service.amount_incl for service in request.services]),
        ("mntFactureHT", request.amount_excl, [service.amount_excl for service in request.services]),
    ):
        if value is None:
            problems.add("amount_missing", path)
        elif value < 0:
            problems.add("amount_negative", path, amount=_read(value))
        elif _more_than_cents(value):
            problems.add("amount_decimals", path, amount=_read(value))
        elif lines and None not in lines and sum(lines) != value:
            problems.add("total_mismatch", path, total=_read(value), sum=_read(sum(lines, Decimal())))


def _check_deposit(request: PaymentRequest, problems: Problems) -> None:
    deposit = request.deposit
    if deposit is None:
        return
    if deposit < 0:
        problems.add("amount_negative", "mntAcompte", amount=_read(deposit))
    elif _more_than_cents(deposit):
        problems.add("amount_decimals", "mntAcompte", amount=_read(deposit))
    elif request.amount_incl is not None and 2 * deposit > request.amount_incl:
        problems.add("deposit_too_high", "mntAcompte", deposit=_read(deposit), total=_read(request.amount_incl))
    if deposit and request.deposit_date is None:
        problems.add("deposit_date_missing", "dateVersementAcompte")


# ---------------------------------------------------------------------------------------------------------------------
# Lines
# ---------------------------------------------------------------------------------------------------------------------


def _check_line(service: Service, request: PaymentRequest, index: int, problems: Problems) -> None:
    path, line = f"inputPrestations[{index}]", index + 1
    _check_nature(service, path, line, problems)
    if service.unit not in UNITS:
        problems.add("line_unit_invalid", f"{path}.unite", line=line)
    if _check_values(service, path, line, problems):
        _check_arithmetic(service, path, line, problems)
    _check_worker(service.worker, f"{path}.complement2", line, problems)
    _check_line_dates(service, request, path, line, problems)


def _check_nature(service: Service, path: str, line: int, problems: Problems) -> None:
    nature = NATURES.get(service.nature_code)
    if not service.nature_code:
        problems.add("line_nature_missing", f"{path}.codeNature", line=line)
    elif nature is None:
        problems.add("line_nature_unknown", f"{path}.codeNature", line=line)
    elif not nature.eligible:
        problems.add("line_nature_not_eligible", f"{path}.codeNature", line=line, nature=nature.label)
    elif service.activity_code and not service.activity_code.startswith(f"{nature.code}A"):
        problems.add("line_activity_invalid", f"{path}.codeActivite", line=line)


def _check_values(service: Service, path: str, line: int, problems: Problems) -> bool:
    """Check each value for itself, and say whether there is something to calculate with."""
    known = True
    for key, value in (
        ("quantite", service.quantity),
        ("mntUnitaireTTC", service.unit_price),
        ("mntPrestationTTC", service.amount_incl),
        ("mntPrestationHT", service.amount_excl),
        ("mntPrestationTVA", service.amount_vat),
    ):
        if value is None:
            problems.add("line_value_missing", f"{path}.{key}", line=line)
            known = False
        elif value < 0:
            problems.add("line_negative", f"{path}.{key}", line=line, amount=_read(value))
        elif _more_than_cents(value):
            code = "line_price_decimals" if key == "mntUnitaireTTC" else "line_decimals"
            problems.add(code, f"{path}.{key}", line=line, amount=_read(value))
    return known


def _check_arithmetic(service: Service, path: str, line: int, problems: Problems) -> None:
    expected = _to_cent(service.quantity * service.unit_price)
    if expected != service.amount_incl:
        problems.add(
            "line_amount_mismatch",
            f"{path}.mntPrestationTTC",
            line=line,
            amount=_read(service.amount_incl),
            expected=_read(expected),
        )
    if service.amount_excl + service.amount_vat != service.amount_incl:
        problems.add("line_vat_mismatch", f"{path}.mntPrestationTVA", line=line, amount=_read(service.amount_incl))


def _check_worker(worker: str, path: str, line: int, problems: Problems) -> None:
    if not worker:
        problems.add("line_worker_missing", path, line=line)
    elif not _WORKER.fullmatch(worker):
        problems.add("line_worker_invalid", path, line=line)
    elif not is_company_number(worker[3:]):
        problems.add("line_worker_checksum", path, line=line)


def is_company_number(digits: str) -> bool:
    """Say whether a SIREN (9 digits) or a SIRET (14) has its check digits.

    The offices of La Poste have SIRETs of their own making: their digits add up to a multiple of five.
    """
    if not luhn.is_valid(digits[:9]):
        return False
    if len(digits) == 14 and digits.startswith("356000000"):
        return luhn.is_valid(digits) or sum(map(int, digits)) % 5 == 0
    return luhn.is_valid(digits)


def _check_line_dates(service: Service, request: PaymentRequest, path: str, line: int, problems: Problems) -> None:
    start, end = service.start, service.end
    if start is not None and end is not None and _moment(end) < _moment(start):
        problems.add("line_period_reversed", f"{path}.dateFinEmploi", line=line, start=_read(start), end=_read(end))
    for key, value in (("dateDebutEmploi", start), ("dateFinEmploi", end)):
        before = value is not None and request.start is not None and _day(value) < _day(request.start)
        after = value is not None and request.end is not None and _day(value) > _day(request.end)
        if before or after:
            problems.add("line_outside_period", f"{path}.{key}", line=line, date=_read(value))
