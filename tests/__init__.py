"""Tests that need no Odoo in their own process: the client, the sandbox, and both with real servers."""
