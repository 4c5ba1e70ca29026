"""A second API of Urssaf adds files and changes none: one with a scope, two operations and words of its own."""

import ast
import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.urssaf.test_against_simulator import simulator  # noqa: F401
from urssaf import http
from urssaf.http import errors, words
from urssaf.http.api import Api, Operation
from urssaf.http.endpoint import Credentials, Endpoint
from urssaf.http.gateway import Gateway
from urssaf.http.properties import Properties
from urssaf.http.vocabulary import Vocabulary
from urssaf.http.wire import text_from_wire
from urssaf.tiers_prestation.api import REGISTER, SEARCH, SEND, STATUS, TIERS_PRESTATION

ROLL = Api(
    name="roll",
    path="/roll/v2",
    scope="homeplus.roll",
    vocabulary=Vocabulary(codes=frozenset({"RADIE"}), words=frozenset({"annuaire"})),
    properties=Properties(
        codes=frozenset({"inscription"}), names=frozenset({"raisonSociale"}), telling=frozenset({"courriel"})
    ),
)
FIND, ENTER = Operation("find", "GET", "/entreprise"), Operation("enter", "POST", "/entreprise")
ENTRY = "/roll/v2/entreprise"


class RollClient(Gateway):
    """The client of the second API: all that it takes."""

    api = ROLL

    def find(self, email):
        return self._read(FIND, read_entry, query={"courriel": email})

    def enter(self, name):
        return self._write(ENTER, read_entry, payload={"raisonSociale": name})


def read_entry(answer):
    payload = answer.payload_of_read({"inscription"})
    if not isinstance(payload, dict) or "inscription" not in payload:
        raise answer.error(errors.OutcomeUnknown)
    return text_from_wire(payload["inscription"])


@pytest.fixture
def client(server, exchanges):
    options = {"observer": exchanges.append, "sleep": lambda seconds: None, "timeout": (0.5, 2)}
    with RollClient(Endpoint.at(server.root_url), Credentials("client-of-the-tests", "s3cret"), **options) as client:
        yield client


def test_it_reads_with_a_token_of_its_scope(server, client, exchanges, caplog):
    caplog.set_level(logging.DEBUG)
    server.expect_token()
    server.expect(f"{ENTRY}?courriel=zorglub%40b.fr", 503)
    server.expect(f"{ENTRY}?courriel=zorglub%40b.fr", json_body={"inscription": "RADIE"})
    assert client.find("zorglub@b.fr") == "RADIE"
    token, _first, found = server.received
    assert token.form["scope"] == "homeplus.roll"
    assert found.headers["Authorization"] == "Bearer token-of-the-tests"
    assert [call.operation for call in exchanges] == ["token", "find", "find"]
    assert exchanges[-1].path == f"{ENTRY}?courriel=***"
    assert json.loads(exchanges[-1].response_body) == {"inscription": "RADIE"}
    assert ENTRY in caplog.text and "zorglub" not in caplog.text


def test_its_write_fails_as_any_does(server, client, exchanges):
    """Its own codes and words are shown, the other API's are not."""
    server.expect_token()
    texts = {"message": "Annuaire du prestataire Zorglub", "numFactureTiers": "INV/1"}
    server.expect(ENTRY, 400, json_body=[{"code": "RADIE", **texts}])
    with pytest.raises(errors.Refused) as refused:
        client.enter("Zorglub")
    assert refused.value.codes == ("RADIE",)
    assert json.loads(exchanges[-1].request_body) == {"raisonSociale": "Z***"}
    assert json.loads(exchanges[-1].response_body) == [{"code": "RADIE", "message": "Annuaire du ***", "***": "***"}]
    server.expect(ENTRY, act="cut")
    with pytest.raises(errors.OutcomeUnknown):
        client.enter("Zorglub")


def test_the_token_server_tells_the_scopes_apart(simulator, exchanges):  # noqa: F811
    """The stand-in gives tokens for one scope alone, by which it shows which one was asked for."""
    endpoint, credentials = Endpoint.at(simulator), Credentials("simulator-client", "simulator-secret")
    with RollClient(endpoint, credentials, observer=exchanges.append) as client:
        with pytest.raises(errors.WrongCredentials):
            client.check_token()
        assert json.loads(exchanges[-1].response_body)["error"] == "invalid_scope"
        client.api = replace(ROLL, scope=TIERS_PRESTATION.scope)
        assert client.check_token().access_token
        assert json.loads(exchanges[-1].response_body)["scope"] == TIERS_PRESTATION.scope


# --- no file of any API names one of them


SOURCES = sorted(Path(http.__file__).parent.glob("**/*.py"))


def names_of(api, *operations):
    """Give what belongs to one API: its paths, scope, properties and codes, but for words that anybody uses."""
    properties = api.properties.keys - Properties().keys
    codes = {code for code in api.vocabulary.codes if not code.isdigit()}
    told = {api.name, api.path, api.scope, *(operation.path for operation in operations), *properties, *codes}
    return {name for name in told if name.lower() not in words.WORDS}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_what_any_api_has_names_none(source):
    text = source.read_text(encoding="utf-8")
    names = names_of(TIERS_PRESTATION, REGISTER, STATUS, SEND, SEARCH)
    assert len(names) > 100
    assert not {name for name in names if re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", text)}
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    outside = [node for node in imports if getattr(node, "level", 0) > 1]
    assert not outside, "it imports nothing else of ours"
