from . import credit_control_emailer, credit_control_printer
