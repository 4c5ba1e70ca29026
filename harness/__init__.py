"""What tests, benchmarks and demonstration share: a provider and clients, and the servers as one reaches them by HTTP.

Nothing here knows who uses it: no import of `scripts`, `tests`, `benchmarks` or of the addon.
"""
