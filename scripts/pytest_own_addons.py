"""A pytest plugin that makes Odoo's `test_lint` look at the checkout's addons only, and not at Odoo's hundreds."""

from __future__ import annotations

from pathlib import Path

from . import paths


def pytest_configure() -> None:
    """Narrow Odoo's list of addons, which `test_lint` asks for whenever it reads files."""
    from odoo.modules import Manifest

    complete = Manifest.all_addon_manifests

    def own_manifests():
        return [manifest for manifest in complete() if paths.CHECKOUT in Path(manifest.path).resolve().parents]

    Manifest.all_addon_manifests = staticmethod(own_manifests)
