from . import (
    test_check,
    test_flow,
    test_lookup,
    test_payout,
    test_refresh,
    test_send,
)
