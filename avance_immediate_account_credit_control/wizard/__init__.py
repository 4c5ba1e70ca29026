from . import credit_control_printer
