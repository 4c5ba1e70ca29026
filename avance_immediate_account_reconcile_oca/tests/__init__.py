from . import test_camt, test_cfonb, test_reconcile
