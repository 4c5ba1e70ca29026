from . import test_sign_up
