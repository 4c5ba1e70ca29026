from . import account_move, account_payment_line, account_payment_order
