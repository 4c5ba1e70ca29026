"""Status of a client: docs/api.md §2.2, §3, §9."""

import pytest


def test_pairing_then_active_since_the_paris_wall_clock(simulator):
    person_id = simulator.register(nomUsage="Martin")
    answer = simulator.status_call(idClient=person_id).json()
    assert answer == {
        "idClient": person_id,
        "nomNaissance": "Durand",
        "nomUsage": "Martin",
        "prenoms": "Marie Claire",
        "statut": {
            "code": "APPAREILLAGE_EC",
            "description": "Transmission DP impossible, appareillage en cours de traitement",
            "etat": "KO",
        },
    }
    simulator.steer("clock", {"now": "2026-10-21T22:30:15Z"})
    simulator.step_person(person_id, "activate")
    active = {"code": "APPAREILLAGE_VALIDE", "description": "22/10/2026 00:30:15", "etat": "OK"}
    assert simulator.status(idClient=person_id) == active
    assert simulator.status(adresseMail="Marie.Durand@exemple.fr") == active
    assert simulator.status(idClient=person_id, adresseMail="marie.durand@exemple.fr") == active
    # Winter time from 25 October 2026.
    simulator.step_person(person_id, "break_link")
    simulator.steer("clock", {"now": "2026-11-02T22:30:00Z"})
    simulator.register()
    simulator.step_person(person_id, "activate")
    assert simulator.status(idClient=person_id)["description"] == "02/11/2026 23:30:00"


def test_status_needs_a_criterion_and_a_known_client(simulator, tools):
    person_id = simulator.register()
    assert tools.codes(simulator.status_call()) == {"ERREUR_VALIDATION"}
    assert tools.codes(simulator.status_call(idClient="unknown")) == {"ERR_RECHERCHE_PARTICULIER"}
    assert tools.codes(simulator.status_call(adresseMail="other@exemple.fr")) == {"ERR_RECHERCHE_PARTICULIER"}
    both = simulator.status_call(idClient=person_id, adresseMail="other@exemple.fr")
    assert tools.codes(both) == {"ERR_RECHERCHE_PARTICULIER"}


def test_clients_of_others_are_unknown(simulator, tools):
    person_id = simulator.register()
    other = simulator.other()
    assert tools.codes(other.status_call(idClient=person_id)) == {"ERR_RECHERCHE_PARTICULIER"}
    assert tools.codes(other.status_call(adresseMail="marie.durand@exemple.fr")) == {"ERR_RECHERCHE_PARTICULIER"}


def test_two_clients_with_one_mail(simulator):
    simulator.register()
    second = simulator.register(prenoms="Paul", numeroTelephonePortable="0705040302")
    assert simulator.status_call(adresseMail="marie.durand@exemple.fr").json()["idClient"] == second


def test_activation_link_expires_after_seven_days(simulator):
    person_id = simulator.register()
    simulator.advance(7 * 24)
    simulator.steer("clock", {"now": "2026-10-27T08:00:01Z"})
    refused = simulator.step_person(person_id, "activate", expect=409)
    assert "resend_link" in refused["error"]
    assert simulator.status(idClient=person_id)["code"] == "APPAREILLAGE_EC"
    simulator.step_person(person_id, "resend_link")
    simulator.advance(7 * 24)
    simulator.step_person(person_id, "activate")
    assert simulator.status(idClient=person_id)["etat"] == "OK"


@pytest.mark.parametrize(
    ("action", "back", "code"),
    [("block", "unblock", "PARTICULIER_BLOQUE"), ("expire_mandate", "renew_mandate", "MANDAT_ECHU")],
)
def test_blocked_and_expired(simulator, action, back, code):
    person_id = simulator.client()
    simulator.step_person(person_id, back, expect=409)
    simulator.step_person(person_id, action)
    simulator.step_person(person_id, action, expect=409)
    status = simulator.status(idClient=person_id)
    assert (status["code"], status["etat"]) == (code, "KO")
    simulator.step_person(person_id, back)
    assert simulator.status(idClient=person_id)["etat"] == "OK"


def test_not_finalised(simulator):
    person_id = simulator.register()
    simulator.step_person(person_id, "not_finalised")
    status = simulator.status(idClient=person_id)
    assert (status["code"], status["etat"]) == ("APPAREILLAGE_NF", "KO")
    simulator.step_person(person_id, "activate")
    simulator.step_person(person_id, "not_finalised", expect=409)
    simulator.step_person(person_id, "resend_link", expect=409)
    simulator.step_person(person_id, "not_finalised", force=True)
    assert simulator.status(idClient=person_id)["code"] == "APPAREILLAGE_NF"


def test_broken_link(simulator, tools):
    person_id = simulator.client()
    simulator.step_person(person_id, "activate", expect=409)
    simulator.step_person(person_id, "restore_link", expect=409)
    simulator.step_person(person_id, "break_link")
    simulator.step_person(person_id, "break_link", expect=409)
    simulator.step_person(person_id, "activate", expect=409)
    assert tools.codes(simulator.status_call(idClient=person_id)) == {"ERR_RECHERCHE_PARTICULIER"}
    simulator.step_person(person_id, "restore_link")
    assert simulator.status(idClient=person_id)["description"] == "20/10/2026 10:00:00"
    # Registered again, the person has to accept again.
    simulator.step_person(person_id, "break_link")
    assert simulator.register() == person_id
    assert simulator.status(idClient=person_id)["code"] == "APPAREILLAGE_EC"
    assert [person["kind"] for person in simulator.look("persons")] == ["association"]


def test_steps_offered_are_those_that_work(simulator):
    from simulator.persons import PERSON_STEPS

    def offered():
        return set(simulator.look("persons")[0]["steps"])

    person_id = simulator.register()
    for reach in [None, "not_finalised", "activate", "block", "expire_mandate", "break_link"]:
        if reach:
            simulator.step_person(person_id, reach)
        for action in PERSON_STEPS.keys() - offered():
            simulator.step_person(person_id, action, expect=409)
    assert offered() == {"restore_link", "unblock", "renew_mandate"}
    for action in ("restore_link", "unblock", "renew_mandate"):
        simulator.step_person(person_id, action)
    assert simulator.status(idClient=person_id)["etat"] == "OK"


def test_person_steps_asked_wrongly(simulator):
    person_id = simulator.register()
    assert "activate" in simulator.step_person(person_id, "dance", expect=400)["error"]
    simulator.step_person("unknown", "activate", expect=404)
    simulator.step_person(person_id, "activate", expect=404, client_id="other-client")
