from . import account_payment_line_create
