"""A provider's bank statement as a file of the bank: ISO 20022, camt.053.001.02."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from . import bank
from .clock import format_instant

#: The account whose statement it is, unless another one is asked for: nobody's, with the right check digits.
IBAN = "FR7630006000011234567890189"
LONGEST_IBAN = 34

_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)


def statement(world, client_id, iban=IBAN):
    """Return the XML of all that the bank has shown to a provider so far, from a balance of zero.

    :param str client_id: the provider
    :param str iban: of the provider's account
    :raise ValueError: it has other characters than letters and figures, or too many
    """
    if not (iban.isascii() and iban.isalnum() and len(iban) <= LONGEST_IBAN):
        raise ValueError("iban: letters and figures, 34 at most")
    lines = bank.statement(world, show=True, client_id=client_id)
    now = format_instant(world.clock.now())
    today = now[:10]
    return _TEMPLATES.get_template("camt053.xml").render(
        number=f"AICI{now[:19].translate(dict.fromkeys(map(ord, '-:T')))}",
        now=now,
        iban=iban,
        first=lines[0]["date"] if lines else today,
        last=lines[-1]["date"] if lines else today,
        total=sum(line["amount"] for line in lines),
        lines=lines,
    )
