from . import account_move, credit_control_communication, credit_control_line, credit_control_policy, credit_control_run
