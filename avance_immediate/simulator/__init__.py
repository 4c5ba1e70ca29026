"""A stand-in for Urssaf's API "Tiers de prestation" (docs/api.md), to test and to show without credentials.

It imports nothing of Odoo nor of the addon: it is an independent reading of the same document.
"""
