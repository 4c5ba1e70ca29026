"""Tests that need no Odoo in their own process: the client, the simulator, and both with real servers."""
