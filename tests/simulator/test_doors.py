"""Who may call the simulator: what a web page, shown by a browser on the same machine, tries (its README)."""

import http.client
import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import requests

ALLOWED = ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.8.9.10", "[::1]", "[0:0:0:0:0:0:0:1]"]
STRANGERS = [
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example.",
    "localhost.evil.example",
    "evil.example:8470",
    "192.168.1.5",
    "[2001:db8::1]",
    "0.0.0.0",
    "2130706433",
    "0x7f.1",
    "127.1",
    "",
    " ",
    ":8470",
    "localhost@evil.example",
    "evil.example@localhost",
    "localhost:8470:80",
    "localhost:x",
    "localhost/",
    "localhost,evil.example",
    "[::1",
    "::1",
    "[::1%lo]",
    "loc\u00e4lhost",
    "localhost..",
]
OTHER_ORIGINS = [
    "https://evil.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://localhost:{port}",
    "http://{host}.evil.example",
    "http://{host}@evil.example",
    "http://{host}/",
    "ftp://{host}",
    "chrome-extension://abcdef",
    "http://evil.example, http://{host}",
]
STATE_CHANGES = [
    ("POST", "/_simulator/reset", b""),
    ("POST", "/_simulator/clock/advance", b'{"hours": 1}'),
    ("POST", "/_simulator/options", b'{"errors_key": "Errors"}'),
    ("POST", "/_simulator/registrations/next", b'{"codes": ["ERR_CONTACT"]}'),
    ("POST", "/_simulator/faults", b'{"operation": "*", "fault": "500"}'),
    ("DELETE", "/_simulator/faults", b""),
    ("POST", "/page/advance", b"hours=24"),
    ("POST", "/page/faults", b"operation=send&fault=500"),
    ("POST", "/page/faults/clear", b""),
    ("POST", "/api/oauth/v1/token", b"grant_type=client_credentials"),
    ("POST", "/atp/v1/tiersPrestations/particulier", b"{}"),
    ("POST", "/atp/v1/tiersPrestations/demandePaiement", b"[]"),
]
READS = [
    "/",
    "/static/page.css",
    "/unknown",
    "/_simulator/state",
    "/_simulator/persons",
    "/_simulator/requests",
    "/_simulator/calls",
    "/_simulator/providers",
    "/_simulator/clock",
    "/_simulator/faults",
    "/_simulator/options",
    "/atp/v1/tiersPrestations/particulier?idClient=x",
]
CROSS = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "new-value"}]
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def call(url, method, path, headers, body=None):
    """One request whose headers are these and no others: a list of pairs may say one twice."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items() if isinstance(headers, dict) else headers:
        connection.putheader(name, value.encode())
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    connection.close()
    return answer


@pytest.fixture
def held(simulator):
    """A simulator with something to lose and a fault to be used up; whatever the test does, it stays as it is."""
    simulator.send_accepted(simulator.client())
    simulator.steer("faults", {"operation": "status", "fault": "503"})
    before = simulator.look("state"), simulator.look("faults")
    yield simulator
    assert (simulator.look("state"), simulator.look("faults")) == before


@pytest.mark.parametrize("host", ALLOWED)
@pytest.mark.parametrize("port", ["", ":", ":8470", ":1"])
def test_names_of_this_machine(simulator, host, port):
    assert call(simulator.url, "GET", "/_simulator/clock", {"Host": host + port}).status == 200
    assert (
        call(simulator.url, "POST", "/_simulator/clock/advance", {"Host": host + port}, b'{"hours": 1}').status == 200
    )


@pytest.mark.parametrize("host", STRANGERS)
def test_a_name_that_leads_here_reads_and_changes_nothing(held, host):
    """DNS rebinding: the attacker's name resolves to this machine, and the page is of that very origin."""
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    for path in READS:
        answer = call(held.url, "GET", path, headers)
        assert answer.status == 421, path
        assert "--allow-host" in json.loads(answer.text)["error"] and "Durand" not in answer.text
    for method, path, body in STATE_CHANGES:
        assert call(held.url, method, path, headers, body).status == 421, path


def test_host_missing_twice_or_beside_others(held):
    own = urlsplit(held.url).netloc
    evil = ("Host", "evil.example")
    for headers in ([], [("Host", own), evil], [evil, ("Host", own)], [("Host", own), ("Host", own)]):
        assert call(held.url, "POST", "/_simulator/reset", headers, b"").status == 421
    for name in ("X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded"):
        assert call(held.url, "POST", "/_simulator/reset", [evil, (name, own)], b"").status == 421
    # An address in the first line counts more than the header.
    assert call(held.url, "GET", "http://evil.example/_simulator/state", {"Host": own}).status == 421
    # What a proxy adds does not take anything away either.
    assert call(held.url, "GET", "/_simulator/state", {"Host": own, "X-Forwarded-Host": "evil.example"}).status == 200


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_a_page_of_another_origin_changes_nothing(held, origin):
    """A form or a fetch without preflight: any page can make a browser send it."""
    parts = urlsplit(held.url)
    origin = origin.format(host=parts.netloc, port=parts.port)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
        headers = {"Host": parts.netloc, "Origin": origin, "Content-Type": kind}
        for method, path, body in STATE_CHANGES:
            answer = call(held.url, method, path, headers, body)
            assert answer.status == 403 and json.loads(answer.text)["error"], path


@pytest.mark.parametrize("headers", CROSS)
def test_sec_fetch_site_alone_refuses(held, headers):
    headers = {"Host": urlsplit(held.url).netloc} | headers
    for method, path, body in STATE_CHANGES:
        assert call(held.url, method, path, headers, body).status == 403, path
        # Neither does a link or a form that opens here.
        assert call(held.url, method, path, LINK | headers, body).status == 403, path


@pytest.mark.parametrize("headers", [*CROSS, {"Origin": "null"}, {"Origin": "https://evil.example"}])
def test_another_site_reads_nothing(held, headers):
    """As a script, a picture, a frame or a fetch; and a fault is not used up by it."""
    headers = {"Host": urlsplit(held.url).netloc, "Authorization": f"Bearer {held.token}"} | headers
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in READS:
            answer = call(held.url, method, path, headers)
            assert answer.status == 403 and "Durand" not in answer.text, (method, path)


def test_a_link_leads_to_the_page_and_nowhere_else(held):
    headers = {"Host": urlsplit(held.url).netloc} | LINK
    assert "Marie Claire Durand" in call(held.url, "GET", "/", headers).text
    for path in ("/?problem=Call+0900", *READS[1:]):
        assert call(held.url, "GET", path, headers).status == 403, path
    for destination in ("iframe", "frame", "object", "embed", "script", "image", ""):
        assert call(held.url, "GET", "/", headers | {"Sec-Fetch-Dest": destination}).status == 403, destination


def test_programs_and_own_page_pass(simulator):
    parts = urlsplit(simulator.url)
    own = {"Host": parts.netloc}
    for headers in (
        own,
        own | {"Origin": simulator.url},
        own | {"Origin": simulator.url.upper()},
        own | {"Origin": simulator.url, "Sec-Fetch-Site": "same-origin"},
        own | {"Sec-Fetch-Site": "none"},
        {"Host": "localhost:8470", "Origin": "http://localhost:8470"},
        {"Host": "[::1]:8470", "Origin": "http://[::1]:8470"},
    ):
        assert call(simulator.url, "GET", "/_simulator/state", headers).status == 200, headers
        assert call(simulator.url, "POST", "/_simulator/clock/advance", headers, b'{"hours": 1}').status == 200, headers
        form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        answer = call(simulator.url, "POST", "/page/advance", form, b"hours=1")
        assert (answer.status, answer.getheader("Location")) == (303, "/"), headers
    assert simulator.look("clock")["now"] == "2026-10-20T22:00:00Z"


def test_headers_of_every_answer(simulator):
    own = {"Host": urlsplit(simulator.url).netloc}
    answers = [call(simulator.url, "GET", path, own) for path in READS]
    answers += [
        call(simulator.url, "OPTIONS", "/_simulator/state", own | {"Access-Control-Request-Method": "POST"}),
        call(simulator.url, "POST", "/_simulator/clock", own, b"{"),
        call(simulator.url, "GET", "/", {"Host": "evil.example"}),
        call(simulator.url, "POST", "/_simulator/reset", own | {"Origin": "https://evil.example"}, b""),
    ]
    assert {answer.status for answer in answers} >= {200, 400, 401, 403, 404, 421}
    for answer in answers:
        policy = answer.getheader("Content-Security-Policy")
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.getheader("X-Frame-Options") == "DENY"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        # "no-referrer" would make the page's own forms come from the origin "null".
        assert answer.getheader("Referrer-Policy") == "same-origin"
        assert not [name for name, _value in answer.getheaders() if name.lower().startswith("access-control-")]


def test_the_page_keeps_its_own_policy(simulator):
    """Its style is a file of its own, and nothing in it would need more."""
    page = requests.get(simulator.url, timeout=10).text
    for forbidden in ("<style", "style=", "<script", "javascript:", "<img", " onclick", "http://", "https://"):
        assert forbidden not in page
    style = requests.get(f"{simulator.url}/static/page.css", timeout=10)
    assert style.status_code == 200 and style.headers["Content-Type"].startswith("text/css")
    assert 'href="/static/page.css"' in page


def test_allow_host(start):
    _process, driver = start("--allow-host", "Simulator.Example.", "--allow-host", "192.0.2.7", "--allow-host", "::2")
    for host in ("simulator.example", "SIMULATOR.example.:8470", "192.0.2.7:8470", "[::2]:8470", "[0::2]", "127.0.0.1"):
        assert call(driver.url, "GET", "/_simulator/clock", {"Host": host}).status == 200, host
    for host in ("www.simulator.example", "simulator.example.evil.example", "192.0.2.8", "[::3]"):
        assert call(driver.url, "GET", "/_simulator/clock", {"Host": host}).status == 421, host
    # Allowed is the name, and not what its pages ask of another.
    other = {"Host": "127.0.0.1", "Origin": "http://simulator.example"}
    assert call(driver.url, "POST", "/_simulator/reset", other, b"").status == 403


def test_the_address_listened_on_is_allowed(tmp_path, tools):
    command = [sys.executable, "avance_immediate/simulator", "--state", str(tmp_path / "s"), "--port", "0"]
    running = subprocess.Popen([*command, "--host", "0.0.0.0"], cwd=tools.root, stdout=subprocess.PIPE, text=True)
    try:
        port = running.stdout.readline().strip().rpartition(":")[2]
        url = f"http://127.0.0.1:{port}"
        assert call(url, "GET", "/_simulator/clock", {"Host": f"0.0.0.0:{port}"}).status == 200
        assert call(url, "GET", "/_simulator/clock", {"Host": f"127.0.0.1:{port}"}).status == 200
        # Whatever it listens on, each other name is to be allowed.
        assert call(url, "GET", "/_simulator/clock", {"Host": f"192.0.2.7:{port}"}).status == 421
    finally:
        running.terminate()
        running.wait(10)
        running.stdout.close()


@pytest.mark.parametrize("value", ["", "*", "*.example", "http://x", "x/y", "a b", "[::1", "x@y", "é.example"])
def test_allow_host_asked_wrongly(tmp_path, tools, value):
    command = [sys.executable, "avance_immediate/simulator", "--state", str(tmp_path / "s"), "--allow-host", value]
    done = subprocess.run(command, cwd=tools.root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "--allow-host" in done.stderr
