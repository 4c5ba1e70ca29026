"""Client of Urssaf's API Tiers de prestation, in plain Python: it imports nothing of Odoo."""

from .client import Credentials, Endpoint, UrssafClient

__all__ = ["Credentials", "Endpoint", "UrssafClient"]
