"""The two servers, as a person's browser and a tester's hand reach them: over HTTP and nothing else."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone
from urllib.parse import quote

import requests

TIMEOUT_SECONDS = 300


class OdooError(Exception):
    """What Odoo answers instead of a result.

    :ivar kind: the name of its exception, such as `odoo.exceptions.UserError`.
    :ivar debug: the server's traceback.
    """

    def __init__(self, error: dict):
        data = error.get("data") or {}
        super().__init__(data.get("message") or error.get("message") or "no message")
        self.kind: str = data.get("name") or ""
        self.debug: str = data.get("debug") or ""


class Odoo:
    """One user's session; for one thread. It makes the calls that Odoo's own interface makes.

    :raise OdooError: at any call, where Odoo answers with an error.
    """

    def __init__(self, url: str, db: str, login: str, password: str):
        self.url = url
        self._session = requests.Session()
        self._numbers = itertools.count(1)
        answer = self._post("/web/session/authenticate", db=db, login=login, password=password)
        self.uid: int = answer["uid"]
        self._context = {**answer["user_context"], "allowed_company_ids": [answer["user_companies"]["current_company"]]}

    def call(self, model: str, method: str, *args, context: dict | None = None, **kwargs):
        """Call a public method; `args` begin with a list of ids unless the method is the model's."""
        kwargs["context"] = {**self._context, **(context or {})}
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}.{method}", **params)

    def create(self, model: str, values: dict, **context) -> int:
        """Create a record; return its id."""
        return self.call(model, "create", [values], context=context)[0]

    def write(self, model: str, ids: list[int], values: dict) -> None:
        """Write the same values on records."""
        self.call(model, "write", ids, values)

    def read(self, model: str, ids: list[int], fields: list[str]) -> list[dict]:
        """Read records, in the order of `ids`."""
        rows = {row["id"]: row for row in self.call(model, "read", ids, fields, load="")}
        return [rows[key] for key in ids]

    def search(self, model: str, domain: list, **options) -> list[int]:
        """Return the ids of the records of a domain."""
        return self.call(model, "search", domain, **options)

    def one(self, model: str, domain: list) -> int:
        """Return the id of the one record of a domain, archived ones included."""
        [found] = self.call(model, "search", domain, context={"active_test": False})
        return found

    def ref(self, name: str) -> int:
        """Return the id of the record with the external id `name`."""
        module, _, key = name.partition(".")
        [row] = self.call("ir.model.data", "search_read", [("module", "=", module), ("name", "=", key)], ["res_id"])
        return row["res_id"]

    def labels(self, model: str, field: str) -> dict[str, str]:
        """Return the values of a selection field with their labels, in the user's language."""
        return dict(self.call(model, "fields_get", [field], ["selection"])[field]["selection"])

    def _post(self, path: str, **params):
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "call", "params": params}
        answer = self._session.post(self.url + path, json=body, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            raise OdooError(content["error"])
        return content.get("result")


class Steering:
    """The steering paths of the simulator, `/_simulator/` (its README). Moments are aware datetimes."""

    def __init__(self, url: str):
        self.url = url
        self._session = requests.Session()

    def call(self, method: str, path: str, **json):
        """Call a steering path; return its JSON.

        :raise ValueError: the simulator refuses; the message says why.
        """
        answer = self._session.request(method, f"{self.url}/_simulator/{path}", json=json or None, timeout=60)
        if not answer.ok:
            raise ValueError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def now(self) -> datetime:
        """Return the simulator's present."""
        return datetime.fromisoformat(self.call("GET", "clock")["now"].replace("Z", "+00:00"))

    def move_to(self, moment: datetime) -> None:
        """Move its clock forward; whatever falls due until then happens."""
        self.call("POST", "clock", now=moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))

    def persons(self) -> list[dict]:
        """Return the clients that it knows."""
        return self.call("GET", "persons")

    def requests(self, numbers: list[str] | None = None) -> list[dict]:
        """Return the payment requests that it accepted, or those of some invoice numbers."""
        taken = self.call("GET", "requests")
        return taken if numbers is None else [request for request in taken if request["numFactureTiers"] in numbers]

    def calls(self, operation: str) -> list[dict]:
        """Return the calls that it received of one operation, the oldest first."""
        return [call for call in self.call("GET", "calls") if call["operation"] == operation]

    def person_step(self, id_client: str, action: str) -> None:
        """Make a client take a step, such as `activate`."""
        self.call("POST", f"persons/{id_client}/step", action=action)

    def step(self, number: str, action: str, **details) -> None:
        """Make a payment request take a step, such as `pay`."""
        self.call("POST", f"requests/{quote(number, safe='')}/step", action=action, **details)

    def fault(self, operation: str, fault: str, **details) -> None:
        """Force a fault at the next call of an operation."""
        self.call("POST", "faults", operation=operation, fault=fault, **details)

    def unused_faults(self) -> list[dict]:
        """Return the faults that were forced and did not happen yet."""
        return [fault for fault in self.call("GET", "faults") if fault["used"] < fault["times"]]
