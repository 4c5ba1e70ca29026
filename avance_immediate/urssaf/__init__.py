"""Urssaf in plain Python, without Odoo: its APIs, the rules of what they take, and what people type for them."""
