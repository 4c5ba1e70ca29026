"""Tests of the client in plain Python: `avance_immediate/urssaf`."""
