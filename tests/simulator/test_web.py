"""The application as another program mounts it, and HTTP itself: methods, addresses, bodies."""

import http.client
from urllib.parse import urlsplit

import pytest
import requests
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from simulator import page, report
from simulator.app import API, TOKEN, create_app
from simulator.web import MAX_BODY

FORM = {
    "grant_type": "client_credentials",
    "scope": "homeplus.tiersprestations",
    "client_id": "simulator-client",
    "client_secret": "simulator-secret",
}


def nowhere(environ, start_response):
    start_response("404 NOT FOUND", [])
    return []


@pytest.fixture
def world(tools):
    return tools.world()


@pytest.mark.parametrize("prefix", ["", "/urssaf/simulator"])
def test_mounted_below_a_prefix(world, tools, prefix):
    app = create_app(world, page.routes(world))
    client = Client(DispatcherMiddleware(nowhere, {prefix: app}) if prefix else app)
    token = client.post(prefix + TOKEN, data=FORM).get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    registered = client.post(f"{prefix}{API}/particulier", json=tools.person, headers=headers)
    person_id = registered.get_json()["idClient"]
    shown = client.get(f"{prefix}/").get_data(as_text=True)
    assert f'href="{prefix}/static/page.css"' in shown and f'action="{prefix}/page/persons/{person_id}"' in shown
    assert client.get(f"{prefix}/static/page.css").mimetype == "text/css"
    order = {"action": "activate", "client_id": "simulator-client"}
    done = client.post(f"{prefix}/page/persons/{person_id}", data=order)
    assert (done.status_code, done.headers["Location"]) == (303, f"{prefix}/")
    refused = client.post(f"{prefix}/page/persons/{person_id}", data=order)
    assert refused.headers["Location"].startswith(f"{prefix}/?problem=")
    # The journal has the addresses of the API, wherever it is mounted.
    assert [call["path"] for call in report.calls(world)] == [TOKEN, f"{API}/particulier"]


def test_without_the_page_there_is_none(world):
    client = Client(create_app(world))
    assert [client.get(path).status_code for path in ("/", "/static/page.css")] == [404, 404]
    assert client.post("/page/advance", data={"hours": "1"}).status_code == 404
    assert client.get("/_simulator/state").status_code == 200


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_cut_without_a_socket(world, fault):
    client = Client(create_app(world))
    client.post("/_simulator/faults", json={"operation": "token", "fault": fault})
    with pytest.raises(ConnectionAbortedError):
        client.post(TOKEN, data=FORM)
    assert [(call["status"], call["fault"]) for call in report.calls(world)] == [(None, fault)]
    assert client.post(TOKEN, data=FORM).status_code == 200


def test_an_accident_outside_the_api_is_a_500_without_values_in_the_log(world, monkeypatch, caplog):
    secret = " ".join(("secret", "value"))

    def fail(*call):
        raise RuntimeError(secret)

    monkeypatch.setattr(report, "clock", fail)
    assert Client(create_app(world)).get("/_simulator/clock").status_code == 500
    assert "RuntimeError" in caplog.text and "secret value" not in caplog.text


def test_methods_and_paths(simulator):
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=10)
    for method, path, status in (
        ("HEAD", "/_simulator/state", 200),
        ("GET", TOKEN, 405),
        ("PUT", f"{API}/particulier", 405),
        ("GET", f"{API}/unknown", 404),
        ("GET", "/_simulator", 404),
    ):
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == status, (method, path)
        assert not (method == "HEAD" and body)
    connection.close()


def chunks(size):
    """Give so many bytes: an order to change nothing."""
    yield b"{}"
    for start in range(2, size, 65536):
        yield b" " * min(65536, size - start)


@pytest.mark.parametrize("sent", ["at once", "in chunks"])
@pytest.mark.parametrize(("size", "status"), [(MAX_BODY, 200), (MAX_BODY + 1, 413)])
def test_bodies_of_more_than_2_mb(simulator, sent, size, status):
    body = b"".join(chunks(size)) if sent == "at once" else chunks(size)
    answer = requests.post(f"{simulator.url}/_simulator/options", data=body, timeout=10)
    assert answer.status_code == status
