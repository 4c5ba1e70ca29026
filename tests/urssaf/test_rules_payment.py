"""Each rule on a payment request has a case that breaks it, and that alone (docs/api.md §2.3, §7)."""

from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urssaf.rules import check_payment_request, price, service_period
from urssaf.rules.payment import is_company_number

TODAY = date(2026, 11, 2)
ACTIVE_SINCE = datetime(2026, 10, 1, 9, 0)
D = Decimal

# code, wire path, what to change in the request, what to change in its line
BREAKS = [
    ("billing_id_missing", "idTiersFacturation", {"billing_id": ""}, {}),
    ("client_id_missing", "idClient", {"id_client": ""}, {}),
    ("client_birth_date_missing", "dateNaissanceClient", {"birth_date": None}, {}),
    ("number_missing", "numFactureTiers", {"number": ""}, {}),
    ("invoice_date_missing", "dateFacture", {"invoice_date": None}, {}),
    ("invoice_before_activation", "dateFacture", {"invoice_date": date(2026, 9, 30)}, {}),
    ("period_start_missing", "dateDebutEmploi", {"start": None}, {}),
    ("period_end_missing", "dateFinEmploi", {"end": None}, {}),
    (
        "period_future",
        "dateFinEmploi",
        {"start": date(2026, 11, 1), "end": date(2026, 11, 3)},
        {"start": None, "end": None},
    ),
    (
        "period_reversed",
        "dateFinEmploi",
        {"start": date(2026, 10, 3), "end": date(2026, 10, 2)},
        {"start": None, "end": None},
    ),
    (
        "period_reversed",
        "dateFinEmploi",
        {"start": datetime(2026, 10, 2, 9, 5), "end": date(2026, 10, 2)},
        {"start": None, "end": None},
    ),
    ("period_two_months", "dateFinEmploi", {"end": date(2026, 11, 1)}, {}),
    ("period_before_activation", "dateDebutEmploi", {"start": date(2026, 10, 1)}, {}),
    (
        "period_before_activation",
        "dateDebutEmploi",
        {"start": date(2026, 9, 1), "end": date(2026, 9, 30)},
        {"start": None, "end": None},
    ),
    ("amount_missing", "mntFactureTTC", {"amount_incl": None}, {}),
    ("amount_negative", "mntFactureTTC", {"amount_incl": D(-1)}, {}),
    ("amount_negative", "mntAcompte", {"deposit": D(-1), "deposit_date": date(2026, 10, 2)}, {}),
    ("amount_decimals", "mntFactureHT", {"amount_excl": D("31.825")}, {}),
    ("amount_decimals", "mntAcompte", {"deposit": D("1.001"), "deposit_date": date(2026, 10, 2)}, {}),
    ("total_mismatch", "mntFactureTTC", {"amount_incl": D("35.01")}, {}),
    ("total_mismatch", "mntFactureHT", {"amount_excl": D("31.81")}, {}),
    ("deposit_too_high", "mntAcompte", {"deposit": D("17.51"), "deposit_date": date(2026, 10, 2)}, {}),
    ("deposit_date_missing", "dateVersementAcompte", {"deposit": D(10)}, {}),
    ("lines_missing", "inputPrestations", {"services": ()}, {}),
    ("line_nature_missing", "inputPrestations[0].codeNature", {}, {"nature_code": ""}),
    ("line_nature_unknown", "inputPrestations[0].codeNature", {}, {"nature_code": "ENF"}),
    ("line_nature_not_eligible", "inputPrestations[0].codeNature", {}, {"nature_code": "270"}),
    ("line_activity_invalid", "inputPrestations[0].codeActivite", {}, {"activity_code": "100A001"}),
    ("line_unit_invalid", "inputPrestations[0].unite", {}, {"unit": "JOUR"}),
    ("line_value_missing", "inputPrestations[0].quantite", {}, {"quantity": None}),
    ("line_value_missing", "inputPrestations[0].mntPrestationTVA", {}, {"amount_vat": None}),
    ("line_negative", "inputPrestations[0].mntPrestationTVA", {}, {"amount_vat": D("-1"), "amount_excl": D(36)}),
    ("line_price_decimals", "inputPrestations[0].mntUnitaireTTC", {}, {"unit_price": D("20.001")}),
    ("line_decimals", "inputPrestations[0].quantite", {}, {"quantity": D("1.7501")}),
    ("line_amount_mismatch", "inputPrestations[0].mntPrestationTTC", {}, {"unit_price": D("20.01")}),
    ("line_vat_mismatch", "inputPrestations[0].mntPrestationTVA", {}, {"amount_vat": D("3.17")}),
    ("line_worker_missing", "inputPrestations[0].complement2", {}, {"worker": ""}),
    ("line_worker_invalid", "inputPrestations[0].complement2", {}, {"worker": "SAP73282932"}),
    ("line_worker_invalid", "inputPrestations[0].complement2", {}, {"worker": "SIR732829320"}),
    ("line_worker_invalid", "inputPrestations[0].complement2", {}, {"worker": "732829320"}),
    ("line_worker_checksum", "inputPrestations[0].complement2", {}, {"worker": "SAP732829321"}),
    ("line_worker_checksum", "inputPrestations[0].complement2", {}, {"worker": "SIR73282932000075"}),
    (
        "line_period_reversed",
        "inputPrestations[0].dateFinEmploi",
        {},
        {"start": date(2026, 10, 9), "end": date(2026, 10, 8)},
    ),
    ("line_outside_period", "inputPrestations[0].dateFinEmploi", {}, {"end": date(2026, 10, 31)}),
    ("line_outside_period", "inputPrestations[0].dateDebutEmploi", {"start": date(2026, 10, 3)}, {}),
]


@pytest.fixture
def good(request_of):
    return replace(
        request_of(),
        start=date(2026, 10, 2),
        services=tuple(replace(line, start=date(2026, 10, 2)) for line in request_of().services),
    )


def check(request, **options):
    return check_payment_request(request, **{"today": TODAY, "active_since": ACTIVE_SINCE} | options)


def changed(request, changes, line):
    """Change the request and its line; the totals follow the line unless they are changed themselves."""
    service = replace(request.services[0], **line)
    totals = {}
    if line:
        totals = {
            name: value
            for name, value in (("amount_incl", service.amount_incl), ("amount_excl", service.amount_excl))
            if value is not None
        }
    return replace(request, **{"services": (service,)} | totals | changes)


def test_the_well_formed_request_has_no_problem(good):
    assert check(good) == [] and check(good, active_since=None) == []


@pytest.mark.parametrize(("code", "path", "changes", "line"), BREAKS)
def test_each_rule_is_broken_alone(good, code, path, changes, line):
    problems = check(changed(good, changes, line))
    assert (code, path) in [(problem.code, problem.field) for problem in problems]
    assert {problem.code for problem in problems} == {code}


def test_all_problems_at_once(good, service):
    bad = replace(
        good,
        number="",
        end=date(2026, 11, 1),
        amount_incl=D(70),
        amount_excl=D("63.64"),
        services=(good.services[0], replace(good.services[0], nature_code="", worker="")),
    )
    assert [(problem.code, problem.params.get("line")) for problem in check(bad)] == [
        ("number_missing", None),
        ("period_two_months", None),
        ("line_nature_missing", "2"),
        ("line_worker_missing", "2"),
    ]


def test_parameters_are_ready_to_be_read(good):
    (problem,) = check(replace(good, amount_incl=D("1035.5")))
    assert problem.params == {"total": "1035,5", "sum": "35,00"}
    (problem,) = check(replace(good, start=date(2026, 10, 1)))
    assert problem.params == {"start": "01/10/2026", "since": "01/10/2026 09:00"}


@pytest.mark.parametrize("deposit", [D(0), D("17.5")])
def test_deposit_up_to_half(good, deposit):
    assert check(replace(good, deposit=deposit, deposit_date=date(2026, 10, 2))) == []


def test_service_of_today_is_not_in_the_future(good):
    line = replace(good.services[0], start=None, end=None)
    assert check(replace(good, start=TODAY, end=TODAY, invoice_date=TODAY, services=(line,))) == []


# --- the day of the activation


@pytest.mark.parametrize(
    ("first", "last", "since", "period"),
    [
        (date(2026, 10, 2), date(2026, 10, 5), ACTIVE_SINCE, (date(2026, 10, 2), date(2026, 10, 5))),
        (date(2026, 10, 1), date(2026, 10, 5), None, (date(2026, 10, 1), date(2026, 10, 5))),
        (date(2026, 10, 1), date(2026, 10, 5), date(2026, 10, 1), (date(2026, 10, 1), date(2026, 10, 5))),
        (date(2026, 10, 1), date(2026, 10, 5), ACTIVE_SINCE, (datetime(2026, 10, 1, 9, 5), date(2026, 10, 5))),
        (
            date(2026, 10, 1),
            date(2026, 10, 1),
            ACTIVE_SINCE,
            (datetime(2026, 10, 1, 9, 5), datetime(2026, 10, 1, 9, 5)),
        ),
        (
            date(2026, 10, 1),
            date(2026, 10, 1),
            datetime(2026, 10, 1, 23, 58),
            (datetime(2026, 10, 1, 23, 59, 59), datetime(2026, 10, 1, 23, 59, 59)),
        ),
    ],
)
def test_period_to_send(good, first, last, since, period):
    start, end = service_period(first, last, since)
    assert (start, end) == period
    line = replace(good.services[0], start=None, end=None)
    assert check(replace(good, start=start, end=end, services=(line,)), active_since=since) == []


# --- unit price

cents = st.decimals(min_value=0, max_value=10**6, places=2)
quantities = st.decimals(min_value=D("0.01"), max_value=1000, places=2)


def rounded(value):
    return value.quantize(D("0.01"), ROUND_HALF_UP)


@given(quantities, cents)
def test_price_gives_the_total_back(quantity, total):
    found = price(quantity, total)
    if found is not None:
        assert found >= 0 and rounded(found) == found and rounded(quantity * found) == total


@given(quantities, cents)
def test_price_is_found_where_there_is_one(quantity, unit_price):
    assert price(quantity, rounded(quantity * unit_price)) is not None


def test_price_by_search():
    """Against every price there could be."""
    for quantity in (D("0.25"), D("0.5"), D("1.75"), D(3), D("7.5")):
        for total_cents in range(0, 60):
            total = D(total_cents) / 100
            possible = [D(p) / 100 for p in range(0, 260) if rounded(quantity * D(p) / 100) == total]
            assert (price(quantity, total) in possible) if possible else price(quantity, total) is None


@pytest.mark.parametrize(("quantity", "total"), [(D(0), D(10)), (D(-1), D(10)), (D(1), D(-10)), (D(3), D(100))])
def test_no_price(quantity, total):
    assert price(quantity, total) is None


@pytest.mark.parametrize(
    ("digits", "possible"),
    [
        ("732829320", True),
        ("732829321", False),
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000000048", True),
        ("35600000049837", True),
        ("35600000049838", False),
    ],
)
def test_company_numbers(digits, possible):
    assert is_company_number(digits) is possible
