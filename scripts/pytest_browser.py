"""A pytest plugin that counts how often Odoo's tests open a browser.

Odoo skips a browser test when it finds no browser, and a class that stops asking for one goes unnoticed: the count,
written to the report, lets the test command fail when nothing was seen in a browser.
"""

from __future__ import annotations

from unittest import mock

import pytest


@pytest.fixture(autouse=True)
def count_browser_tests(record_property):
    """Count the calls of `HttpCase.browser_js`, through which tours go too, as a property of the test."""
    from odoo.tests.common import HttpCase

    calls = 0
    original = HttpCase.browser_js

    def counted(self, *args, **kwargs):
        nonlocal calls
        result = original(self, *args, **kwargs)
        calls += 1
        return result

    with mock.patch.object(HttpCase, "browser_js", counted):
        yield
    if calls:
        record_property("browser_tests", calls)
