"""The life of a payment request: docs/api.md §4, §9."""

import pytest

# It is Wednesday 21 October 2026, 10:00 in Paris, when a request is accepted after `simulator.client()`.
LIFE = [
    ("2026-10-21T08:59:59Z", "10", None),
    ("2026-10-21T09:00:00Z", "20", None),
    ("2026-10-23T08:59:59Z", "20", None),
    ("2026-10-23T09:00:00Z", "30", None),  # a Friday
    ("2026-10-27T06:59:59Z", "30", None),  # Tuesday, second working day; Paris is at +1 since Sunday
    ("2026-10-27T07:00:00Z", "50", None),
    ("2026-10-28T06:59:59Z", "50", None),
    ("2026-10-28T07:00:00Z", "70", {"dateVirement": "2026-10-29T00:00:00Z"}),
    ("2026-10-29T06:59:59Z", "70", {"dateVirement": "2026-10-29T00:00:00Z"}),
    ("2026-10-29T07:00:00Z", "70", {"dateVirement": "2026-10-29T00:00:00Z", "mntVirement": 60}),
    ("2027-10-29T07:00:00Z", "70", {"dateVirement": "2026-10-29T00:00:00Z", "mntVirement": 60}),
]
HISTORY = [
    {"status": "10", "at": "2026-10-21T08:00:00Z"},
    {"status": "20", "at": "2026-10-21T09:00:00Z"},
    {"status": "30", "at": "2026-10-23T09:00:00Z"},
    {"status": "50", "at": "2026-10-27T07:00:00Z"},
    {"status": "70", "at": "2026-10-28T07:00:00Z"},
]


def after(simulator, instant):
    simulator.steer("clock", {"now": instant})


def test_whole_life_step_by_step(simulator):
    request_id = simulator.send_accepted(simulator.client())
    for instant, code, transfer in LIFE:
        after(simulator, instant)
        info = simulator.found(request_id)
        assert (instant, info["statut"]["code"], info.get("infoVirement")) == (instant, code, transfer)
    assert info["statut"]["libelle"] == "Payée"
    assert simulator.look("requests")[0]["history"] == HISTORY


def test_whole_life_in_one_leap_happens_at_the_same_instants(simulator):
    simulator.send_accepted(simulator.client())
    after(simulator, "2027-01-01T00:00:00Z")
    (request,) = simulator.look("requests")
    assert request["history"] == HISTORY
    assert request["infoVirement"] == {"dateVirement": "2026-10-29", "mntVirement": 60}
    assert request["next"] is None


def test_public_holidays_are_no_working_days(simulator):
    person_id = simulator.client()
    # Validated on Friday 30 October; Wednesday 11 November is a holiday, Sunday 1 November one too.
    after(simulator, "2026-11-06T07:00:00Z")
    request_id = simulator.send_accepted(person_id)
    after(simulator, "2026-11-06T08:00:00Z")
    simulator.step(request_id, "validate")
    planned = simulator.look("requests")[0]["next"]
    assert planned == {"at": "2026-11-10T07:00:00Z", "action": "debit"}
    after(simulator, "2026-11-20T07:00:00Z")
    # Mon 9, Tue 10, (Wed 11 holiday,) Thu 12, Fri 13.
    assert simulator.found(request_id)["infoVirement"]["dateVirement"] == "2026-11-13T00:00:00Z"


@pytest.mark.parametrize(
    ("validated", "paid"),
    [
        ("2027-03-25T12:00:00Z", "2027-04-01"),  # Easter Monday, 29 March
        ("2027-05-05T12:00:00Z", "2027-05-12"),  # Ascension, 6 May; 8 May is a Saturday
        ("2027-05-14T12:00:00Z", "2027-05-21"),  # Whit Monday, 17 May
        ("2027-07-13T12:00:00Z", "2027-07-20"),  # 14 July
        ("2026-12-24T12:00:00Z", "2026-12-31"),  # 25 December
    ],
)
def test_movable_and_fixed_holidays(simulator, validated, paid):
    request_id = simulator.send_accepted(simulator.client())
    simulator.step(request_id, "notify")
    simulator.step(request_id, "set_status", status="20")  # waits for a hand
    after(simulator, validated)
    simulator.step(request_id, "validate")
    after(simulator, "2027-12-31T00:00:00Z")
    assert simulator.look("requests")[0]["infoVirement"]["dateVirement"] == paid


def test_deposit_is_deducted_from_the_payout(simulator):
    deposit = {"mntAcompte": 12.35, "dateVersementAcompte": "2026-10-20T00:00:00Z"}
    request_id = simulator.send_accepted(simulator.client(), **deposit)
    after(simulator, "2026-10-29T07:00:00Z")
    assert simulator.found(request_id)["infoVirement"]["mntVirement"] == 47.65


def test_transfers_of_one_day_and_provider_are_one(simulator):
    person_id = simulator.client()
    simulator.send_accepted(person_id)
    simulator.send_accepted(person_id)
    other = simulator.other()
    other.register()
    other.step_person(person_id, "activate", client_id="other-client")
    simulator.advance(1)
    late = {"dateDebutEmploi": "2026-10-21T08:30:00Z", "dateFinEmploi": "2026-10-21T08:40:00Z"}
    other.send_accepted(person_id, **late)
    after(simulator, "2026-10-25T12:00:00Z")
    third = simulator.send_accepted(person_id)
    after(simulator, "2026-10-28T07:00:00Z")
    planned = simulator.look("state")["transfers"]
    assert [(transfer["client_id"], transfer["paid"], transfer["amount"]) for transfer in planned] == [
        ("other-client", False, 0),
        ("simulator-client", False, 0),
    ]
    after(simulator, "2026-12-01T00:00:00Z")
    paid = [
        (transfer["client_id"], transfer["date"], transfer["amount"], transfer["paid"], transfer["requests"])
        for transfer in simulator.look("state")["transfers"]
    ]
    assert paid == [
        ("other-client", "2026-10-29", 60, True, ["FAC/2026/00001"]),
        ("simulator-client", "2026-10-29", 120, True, ["FAC/2026/00001", "FAC/2026/00002"]),
        ("simulator-client", "2026-11-02", 60, True, ["FAC/2026/00003"]),
    ]
    assert simulator.code(third) == "70"


SCRIPTS = [
    ("Refuse", ["10", "20", "40"], None),
    ("Impaye", ["10", "20", "30", "50", "60"], None),
    ("Impayepuispaye", ["10", "20", "30", "50", "60", "70"], "2026-10-29"),
    ("Recouvre", ["10", "20", "30", "50", "60", "70", "120"], "2026-10-29"),
    ("Annuleimpaye", ["10", "20", "30", "50", "60", "111"], None),
    ("Annulepaye", ["10", "20", "30", "50", "70", "110"], "2026-10-29"),
    ("Annulerecouvre", ["10", "20", "30", "50", "70", "112"], "2026-10-29"),
    ("Impayeprestataire", ["10", "20", "30", "50", "70", "260", "270"], "2026-10-29"),
]


@pytest.mark.parametrize(("name", "path", "paid"), SCRIPTS)
def test_scripts_of_test_identities(simulator, name, path, paid):
    request_id = simulator.send_accepted(simulator.client(nomNaissance=f"Durand-{name}"))
    after(simulator, "2026-12-31T00:00:00Z")
    (request,) = simulator.look("requests")
    assert [past["status"] for past in request["history"]] == path
    assert [past["at"] for past in request["history"]] == sorted(past["at"] for past in request["history"])
    assert simulator.code(request_id) == path[-1]
    transfer = request["infoVirement"]
    assert transfer == ({"dateVirement": paid, "mntVirement": 60} if paid else None)
    blocked = simulator.look("persons")[0]["blocked"]
    assert blocked == ("60" in path)


def test_every_scripted_identity_is_tested():
    from simulator.codes import IDENTITIES

    scripted = {identity["word"] for identity in IDENTITIES if "life" in identity}
    assert scripted == {name.upper() for name, _, _ in SCRIPTS}


def test_refusal_says_why(simulator):
    request_id = simulator.send_accepted(simulator.client(nomNaissance="Refuse"))
    after(simulator, "2026-10-22T09:00:00Z")
    assert simulator.found(request_id)["infoRejet"] == {
        "code": "CONTEST_ERR_FACT",
        "commentaire": "Le nombre d'heures n'est pas le bon.",
    }


def test_refused_debit_blocks_until_unblocked(simulator, tools):
    person_id = simulator.client()
    request_id = simulator.send_accepted(person_id)
    after(simulator, "2026-10-27T07:00:00Z")
    simulator.step(request_id, "refuse_debit")
    assert simulator.status(idClient=person_id)["code"] == "PARTICULIER_BLOQUE"
    (item,) = simulator.send(simulator.request(person_id))
    assert tools.codes(item) == {"ERR_CMPT_BLOQUE"}
    after(simulator, "2027-01-27T07:00:00Z")
    assert simulator.code(request_id) == "60"
    simulator.step_person(person_id, "unblock")
    simulator.send_accepted(person_id)


def test_each_step_by_hand(simulator):
    person_id = simulator.client()
    main = ["notify", "validate", "debit", "plan_transfer", "pay"]
    ends = {
        "refuse": (1, "40"),
        "refuse_debit": (3, "60"),
        "cancel": (0, "110"),
        "cancel_specific": (2, "113"),
        "recover": (5, "120"),
        "cancel_after_recovery": (5, "112"),
        "provider_unpaid": (5, "260"),
    }
    for action, (steps, code) in ends.items():
        request_id = simulator.send_accepted(person_id)
        for earlier in main[:steps]:
            simulator.step(request_id, earlier)
        simulator.step(request_id, action)
        assert (action, simulator.code(request_id)) == (action, code)
        if action == "refuse_debit":
            simulator.step_person(person_id, "unblock")
            simulator.step(request_id, "cancel_after_unpaid")
            assert simulator.code(request_id) == "111"
    simulator.step(request_id, "provider_settled")
    assert simulator.code(request_id) == "270"
    # Off the main path nothing moves by itself.
    before = [entry["history"] for entry in simulator.look("requests")]
    simulator.advance(24 * 60)
    assert [entry["history"] for entry in simulator.look("requests")] == before


def test_a_step_by_hand_on_the_main_path_lets_life_go_on(simulator):
    request_id = simulator.send_accepted(simulator.client())
    simulator.step(request_id, "notify")
    simulator.step(request_id, "validate")
    after(simulator, "2026-11-20T00:00:00Z")
    # Validated on Wednesday 21: four working days later is Tuesday 27.
    assert simulator.found(request_id)["infoVirement"] == {"dateVirement": "2026-10-27T00:00:00Z", "mntVirement": 60}


@pytest.mark.parametrize(
    ("at", "impossible"),
    [
        (0, ["validate", "refuse", "debit", "refuse_debit", "plan_transfer", "pay", "recover", "provider_settled"]),
        (1, ["notify", "debit", "pay", "cancel_after_unpaid", "cancel_after_recovery", "provider_unpaid"]),
        (2, ["refuse", "notify", "validate", "refuse_debit", "pay", "recover"]),
        (3, ["refuse", "validate", "debit", "recover"]),
        (5, ["pay", "plan_transfer", "refuse", "cancel_after_unpaid", "provider_settled"]),
    ],
)
def test_impossible_steps(simulator, at, impossible):
    request_id = simulator.send_accepted(simulator.client())
    for earlier in ["notify", "validate", "debit", "plan_transfer", "pay"][:at]:
        simulator.step(request_id, earlier)
    code = simulator.code(request_id)
    for action in impossible:
        assert simulator.step(request_id, action, expect=409)["error"]
    assert simulator.code(request_id) == code


def test_forced_step(simulator):
    request_id = simulator.send_accepted(simulator.client())
    simulator.step(request_id, "pay", expect=409)
    simulator.step(request_id, "pay", force=True)
    assert simulator.found(request_id)["infoVirement"] == {"dateVirement": "2026-10-21T00:00:00Z", "mntVirement": 60}
    # Debit forced with no validation behind it: life goes on from there.
    second = simulator.send_accepted(simulator.look("persons")[0]["idClient"])
    simulator.step(second, "debit", force=True)
    simulator.advance(24 * 30)
    assert simulator.found(second)["infoVirement"]["mntVirement"] == 60


def test_details_of_steps(simulator):
    person_id = simulator.client()
    request_id = simulator.send_accepted(person_id, numFactureTiers="F/1")
    simulator.step("F/1", "notify")
    changed = simulator.step("F/1", "refuse", code="REGUL_MNT_FACT", comment="Trop cher")
    assert changed["statut"] == {"code": "40", "libelle": "Refusée"}
    assert simulator.found(request_id)["infoRejet"] == {"code": "REGUL_MNT_FACT", "commentaire": "Trop cher"}
    second = simulator.send_accepted(person_id)
    for action in ("notify", "validate", "debit"):
        simulator.step(second, action)
    simulator.step(second, "plan_transfer", date="2026-11-05")
    assert simulator.found(second)["infoVirement"] == {"dateVirement": "2026-11-05T00:00:00Z"}
    simulator.step(second, "pay", amount=59.99, date="2026-11-06T00:00:00Z")
    assert simulator.found(second)["infoVirement"] == {"dateVirement": "2026-11-06T00:00:00Z", "mntVirement": 59.99}
    simulator.step(second, "cancel", code="ANNUL_DBL")
    info = simulator.found(second)
    assert info["infoRejet"] == {"code": "ANNUL_DBL", "commentaire": ""}
    # What was paid stays visible.
    assert info["infoVirement"]["mntVirement"] == 59.99


def test_cancelled_while_planned_loses_its_transfer(simulator):
    request_id = simulator.send_accepted(simulator.client())
    after(simulator, "2026-10-28T07:00:00Z")
    assert simulator.look("state")["transfers"]
    simulator.step(request_id, "cancel")
    assert "infoVirement" not in simulator.found(request_id)
    assert simulator.look("state")["transfers"] == []


def test_second_payout_after_recovery(simulator):
    request_id = simulator.send_accepted(simulator.client())
    after(simulator, "2026-10-29T07:00:00Z")
    simulator.step(request_id, "recover")
    after(simulator, "2026-11-19T07:00:00Z")
    simulator.step(request_id, "pay", force=True, amount=30)
    assert simulator.found(request_id)["infoVirement"] == {"dateVirement": "2026-11-19T00:00:00Z", "mntVirement": 30}
    assert [transfer["amount"] for transfer in simulator.look("state")["transfers"]] == [60, 30]


def test_unknown_status(simulator):
    request_id = simulator.send_accepted(simulator.client())
    simulator.step(request_id, "set_status", status="999")
    assert simulator.found(request_id)["statut"] == {"code": "999", "libelle": ""}
    simulator.advance(24 * 30)
    assert simulator.code(request_id) == "999"


@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("dance", {}),
        ("set_status", {}),
        ("refuse", {"code": "PAS_UN_CODE"}),
        ("pay", {"amount": "60", "force": True}),
        ("pay", {"amount": -1, "force": True}),
        ("plan_transfer", {"date": "demain", "force": True}),
    ],
)
def test_steps_asked_wrongly(simulator, action, details):
    request_id = simulator.send_accepted(simulator.client())
    simulator.step(request_id, "notify")
    assert simulator.step(request_id, action, expect=400, **details)["error"]
    assert simulator.code(request_id) == "20"
    simulator.step("unknown", "notify", expect=404)
