"""What has not the form of a code is none: codes are shown to many, and kept for long."""

import pytest

from urssaf.tiers_prestation import codes
from urssaf.tiers_prestation.vocabulary import NO_CODE, code_from_wire


@pytest.mark.parametrize(
    "code", [*codes.CLIENT_STATUSES, *codes.REQUEST_STATUSES, *codes.REFUSALS, *codes.ERRORS, "333", "NOUVEAU_MOTIF"]
)
def test_known_and_new(code):
    assert code_from_wire(code) == code


def test_absent():
    assert code_from_wire(None) == code_from_wire(" ") == code_from_wire({}) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Compte de DURAND",
        "FR7630006000011234567890189",
        "0605040302",
        "NE_LE_29_03_1980",
        "40\n41",
        "a",
        "A" * 65,
        "MARTINÉ",
    ],
)
def test_free_text(text):
    assert code_from_wire(text) == NO_CODE
