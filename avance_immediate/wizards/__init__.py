from . import account_payment_register, urssaf_register, urssaf_send
