from . import (
    urssaf_window,
    account_move_send_wizard,
    account_payment_register,
    base_import_import,
    base_module_uninstall,
    base_partner_merge,
    urssaf_erasure,
    urssaf_month,
    urssaf_payment_cancel,
    urssaf_register,
    urssaf_secret_draft,
    urssaf_send,
)
