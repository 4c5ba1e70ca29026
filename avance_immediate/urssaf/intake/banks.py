"""Which BIC belongs to an IBAN. The register of French banks is that of ``schwifty``, where it is installed."""

import logging

from ..tiers_prestation.person_messages import compact

_logger = logging.getLogger(__name__)


def bics_of(iban: str) -> list[str]:
    """Give the BICs that the bank of a French IBAN uses; an empty list where none is known, or the library is absent.

    :param iban: well formed (``rules.person.is_iban``); spaces do not matter
    """
    try:
        from schwifty import BIC  # its registers are read on first use
        from schwifty.exceptions import SchwiftyException
    except ImportError:
        return []
    iban = compact(iban)
    try:
        return sorted({str(bic) for bic in BIC.candidates_from_bank_code(iban[:2], iban[4:9])})
    except SchwiftyException:
        return []
    except (OSError, ValueError, KeyError) as error:  # a register that cannot be read; the message may hold the IBAN
        _logger.warning("The register of banks cannot be read: %s", type(error).__name__)
        return []


def bic_of(iban: str) -> str:
    """Give the BIC of the bank of an IBAN: the only one, or the head office of several; empty where that is unsure."""
    candidates = bics_of(iban)
    if len(candidates) == 1:
        return candidates[0]
    banks = {bic[:8] for bic in candidates}
    return banks.pop() if len(banks) == 1 else ""
