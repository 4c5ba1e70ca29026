"""What `make demo` shows ends as it should: the first command that somebody runs."""

import subprocess
import sys

from scripts import paths

MINUTES = 10


def test_every_invoice_ends_where_it_should():
    demo = [sys.executable, "-m", "scripts", "demo", "--once"]
    done = subprocess.run(demo, cwd=paths.CHECKOUT, capture_output=True, text=True, timeout=MINUTES * 60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 18 invoices are where they should be." in done.stdout
