from . import (
    urssaf_window,
    account_move_send_wizard,
    account_payment_register,
    urssaf_register,
    urssaf_secret_draft,
    urssaf_send,
)
