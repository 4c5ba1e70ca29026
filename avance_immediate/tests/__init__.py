from . import (
    test_activation,
    test_check,
    test_erase,
    test_flow,
    test_guard,
    test_interface,
    test_lookup,
    test_payout,
    test_portal,
    test_refresh,
    test_send,
    test_send_wizard,
)
