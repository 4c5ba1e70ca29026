from . import test_camt, test_reconcile
