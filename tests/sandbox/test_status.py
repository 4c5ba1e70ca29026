"""Status of a client: docs/api.md §2.2, §3, §9."""

import pytest


def test_pairing_then_active_since_the_paris_wall_clock(sandbox):
    person_id = sandbox.register(nomUsage="Martin")
    answer = sandbox.status_call(idClient=person_id).json()
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
    sandbox.steer("clock", {"now": "2026-10-21T22:30:15Z"})
    sandbox.step_person(person_id, "activate")
    active = {"code": "APPAREILLAGE_VALIDE", "description": "22/10/2026 00:30:15", "etat": "OK"}
    assert sandbox.status(idClient=person_id) == active
    assert sandbox.status(adresseMail="Marie.Durand@exemple.fr") == active
    assert sandbox.status(idClient=person_id, adresseMail="marie.durand@exemple.fr") == active
    # Winter time from 25 October 2026.
    sandbox.step_person(person_id, "break_link")
    sandbox.steer("clock", {"now": "2026-11-02T22:30:00Z"})
    sandbox.register()
    sandbox.step_person(person_id, "activate")
    assert sandbox.status(idClient=person_id)["description"] == "02/11/2026 23:30:00"


def test_status_needs_a_criterion_and_a_known_client(sandbox, tools):
    person_id = sandbox.register()
    assert tools.codes(sandbox.status_call()) == {"ERREUR_VALIDATION"}
    assert tools.codes(sandbox.status_call(idClient="unknown")) == {"ERR_RECHERCHE_PARTICULIER"}
    assert tools.codes(sandbox.status_call(adresseMail="other@exemple.fr")) == {"ERR_RECHERCHE_PARTICULIER"}
    both = sandbox.status_call(idClient=person_id, adresseMail="other@exemple.fr")
    assert tools.codes(both) == {"ERR_RECHERCHE_PARTICULIER"}


def test_clients_of_others_are_unknown(sandbox, tools):
    person_id = sandbox.register()
    other = sandbox.other()
    assert tools.codes(other.status_call(idClient=person_id)) == {"ERR_RECHERCHE_PARTICULIER"}
    assert tools.codes(other.status_call(adresseMail="marie.durand@exemple.fr")) == {"ERR_RECHERCHE_PARTICULIER"}


def test_two_clients_with_one_mail(sandbox):
    sandbox.register()
    second = sandbox.register(prenoms="Paul", numeroTelephonePortable="0705040302")
    assert sandbox.status_call(adresseMail="marie.durand@exemple.fr").json()["idClient"] == second


def test_activation_link_dies_after_seven_days(sandbox):
    person_id = sandbox.register()
    sandbox.advance(7 * 24)
    sandbox.steer("clock", {"now": "2026-10-27T08:00:01Z"})
    refused = sandbox.step_person(person_id, "activate", expect=409)
    assert "resend_link" in refused["error"]
    assert sandbox.status(idClient=person_id)["code"] == "APPAREILLAGE_EC"
    sandbox.step_person(person_id, "resend_link")
    sandbox.advance(7 * 24)
    sandbox.step_person(person_id, "activate")
    assert sandbox.status(idClient=person_id)["etat"] == "OK"


@pytest.mark.parametrize(
    ("action", "back", "code"),
    [("block", "unblock", "PARTICULIER_BLOQUE"), ("expire_mandate", "renew_mandate", "MANDAT_ECHU")],
)
def test_blocked_and_expired(sandbox, action, back, code):
    person_id = sandbox.client()
    sandbox.step_person(person_id, back, expect=409)
    sandbox.step_person(person_id, action)
    sandbox.step_person(person_id, action, expect=409)
    status = sandbox.status(idClient=person_id)
    assert (status["code"], status["etat"]) == (code, "KO")
    sandbox.step_person(person_id, back)
    assert sandbox.status(idClient=person_id)["etat"] == "OK"


def test_not_finalised(sandbox):
    person_id = sandbox.register()
    sandbox.step_person(person_id, "not_finalised")
    status = sandbox.status(idClient=person_id)
    assert (status["code"], status["etat"]) == ("APPAREILLAGE_NF", "KO")
    sandbox.step_person(person_id, "activate")
    sandbox.step_person(person_id, "not_finalised", expect=409)
    sandbox.step_person(person_id, "resend_link", expect=409)
    sandbox.step_person(person_id, "not_finalised", force=True)
    assert sandbox.status(idClient=person_id)["code"] == "APPAREILLAGE_NF"


def test_broken_link(sandbox, tools):
    person_id = sandbox.client()
    sandbox.step_person(person_id, "activate", expect=409)
    sandbox.step_person(person_id, "restore_link", expect=409)
    sandbox.step_person(person_id, "break_link")
    sandbox.step_person(person_id, "break_link", expect=409)
    sandbox.step_person(person_id, "activate", expect=409)
    assert tools.codes(sandbox.status_call(idClient=person_id)) == {"ERR_RECHERCHE_PARTICULIER"}
    sandbox.step_person(person_id, "restore_link")
    assert sandbox.status(idClient=person_id)["description"] == "20/10/2026 10:00:00"
    # Registered again, the person has to accept again.
    sandbox.step_person(person_id, "break_link")
    assert sandbox.register() == person_id
    assert sandbox.status(idClient=person_id)["code"] == "APPAREILLAGE_EC"
    assert [person["kind"] for person in sandbox.look("persons")] == ["association"]


def test_steps_offered_are_those_that_work(sandbox):
    from urssaf_sandbox.persons import PERSON_STEPS

    def offered():
        return set(sandbox.look("persons")[0]["steps"])

    person_id = sandbox.register()
    for reach in [None, "not_finalised", "activate", "block", "expire_mandate", "break_link"]:
        if reach:
            sandbox.step_person(person_id, reach)
        for action in PERSON_STEPS.keys() - offered():
            sandbox.step_person(person_id, action, expect=409)
    assert offered() == {"restore_link", "unblock", "renew_mandate"}
    for action in ("restore_link", "unblock", "renew_mandate"):
        sandbox.step_person(person_id, action)
    assert sandbox.status(idClient=person_id)["etat"] == "OK"


def test_person_steps_asked_wrongly(sandbox):
    person_id = sandbox.register()
    assert "activate" in sandbox.step_person(person_id, "dance", expect=400)["error"]
    sandbox.step_person("unknown", "activate", expect=404)
    sandbox.step_person(person_id, "activate", expect=404, client_id="other-client")
