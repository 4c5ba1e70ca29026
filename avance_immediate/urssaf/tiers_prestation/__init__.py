"""Urssaf's API *Tiers de prestation*: its operations, messages and codes (docs/api.md)."""
