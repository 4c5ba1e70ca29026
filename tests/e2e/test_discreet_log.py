"""People who save one registration at once: PostgreSQL refuses all but the first, and Odoo tries again."""

from functools import partial

import requests

from harness.rpc import OdooError
from scripts import paths
from tests.e2e.world import together

IBANS = ("FR7630006000011234567890189", "FR1420041010050500013M02606")
BIRTH_NAMES = ("Quinquampoix", "Quincampoix")
TIMES = 8


def test_registration_saved_by_several_at_once(world):
    """The log says which statement met another, without what people typed; so do the answers."""
    registration, _name = world.new_client()
    partner = world.registration(registration)["partner_id"]
    log = paths.log_file("e2e-odoo-1")
    start = log.stat().st_size
    sessions = [world.session() for _index in range(4)]
    answers = []

    for _time in range(TIMES):
        for model, key, values in (
            ("urssaf.registration", registration, [{"iban": iban} for iban in IBANS]),
            ("res.partner", partner, [{"urssaf_birth_name": name} for name in BIRTH_NAMES]),
        ):
            calls = [
                partial(session.write, model, [key], value) for session, value in zip(sessions, values * 2, strict=True)
            ]
            answers += together(*calls)

    logged = log.read_bytes()[start:].decode()
    for table in ("urssaf_registration", "res_partner"):
        assert f'UPDATE "{table}"' in logged, f"nobody met anybody in {table}"
    assert "could not serialize access" in logged
    answered = "".join(f"{answer}{getattr(answer, 'debug', '')}" for answer in answers if answer is not None)
    for value in (*IBANS, *BIRTH_NAMES):
        assert value not in logged, "a statement that failed is logged with its values"
        assert value not in answered
    assert not [answer for answer in answers if isinstance(answer, (requests.RequestException, OdooError))], answers
