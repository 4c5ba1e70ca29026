"""Tokens: docs/api.md §1."""

import pytest
import requests
from werkzeug.test import Client

from simulator import oauth
from simulator.app import create_app

API = "/atp/v1/tiersPrestations"


def test_token_has_the_documented_fields(simulator):
    answer = simulator.token_call()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()
    assert len(token.pop("access_token")) >= 20
    assert token == {"token_type": "Bearer", "expires_in": 3600, "scope": "homeplus.tiersprestations"}


def test_basic_credentials(simulator, tools):
    form = {"grant_type": "client_credentials", "scope": "homeplus.tiersprestations"}
    url = simulator.url + "/api/oauth/v1/token"
    assert requests.post(url, form, auth=("simulator-client", "simulator-secret"), timeout=10).status_code == 200
    refused = requests.post(url, form, auth=("simulator-client", "wrong"), timeout=10)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["WWW-Authenticate"].startswith("Basic")
    broken = requests.post(url, form, headers={"Authorization": "Basic ***"}, timeout=10)
    assert broken.status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": ""}, 401, "invalid_client"),
        ({"scope": "other"}, 400, "invalid_scope"),
        ({"scope": None}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
    ],
)
def test_wrong_token_requests(simulator, changes, status, error):
    answer = simulator.token_call(**changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_token_request_must_be_a_form(simulator):
    answer = requests.post(simulator.url + "/api/oauth/v1/token", json={"grant_type": "client_credentials"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer unknown", "Basic c2FuZGJveA=="])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/particulier"),
        ("GET", "/particulier"),
        ("POST", "/demandePaiement"),
        ("POST", "/demandePaiement/rechercher"),
    ],
)
def test_calls_without_a_live_token(simulator, method, path, header):
    headers = {"Authorization": header} if header else {}
    answer = requests.request(method, simulator.url + API + path, json={}, headers=headers, timeout=10)
    assert (answer.status_code, answer.content) == (401, b"")


def test_token_dies_in_real_time_and_not_with_the_business_clock(tools, monkeypatch):
    caller = Client(create_app(tools.world(token_life=60)))
    real_time = 1_000_000.0
    monkeypatch.setattr(oauth, "time", lambda: real_time)
    form = {"grant_type": "client_credentials", "scope": "homeplus.tiersprestations"}
    credentials = {"client_id": "simulator-client", "client_secret": "simulator-secret"}
    token = caller.post("/api/oauth/v1/token", data=form | credentials).get_json()
    assert token["expires_in"] == 60
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    caller.post("/_simulator/clock/advance", json={"hours": 1000})
    real_time += 59.9
    assert caller.get(f"{API}/particulier?idClient=x", headers=headers).status_code == 400
    real_time += 0.1
    assert caller.get(f"{API}/particulier?idClient=x", headers=headers).status_code == 401


def test_token_life_of_the_command_line(start):
    _process, driver = start("--token-life", "7")
    assert driver.token_call().json()["expires_in"] == 7


def test_a_reset_forgets_tokens(simulator):
    assert simulator.status_call(idClient="x").status_code == 400
    simulator.steer("reset")
    assert simulator.status_call(idClient="x").status_code == 401
