"""Set-up, tests, lint and demonstration: what `make` calls.

Everything up to the virtual environment (`bootstrap`) runs on the machine's own Python with its standard library alone;
the rest (`runtime` and what it uses) runs inside that virtual environment.
"""
