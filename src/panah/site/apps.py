"""The public site, as a Django app: it has no tables, only checks of its settings."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register

from panah.site import checks


class SiteConfig(AppConfig):
    """Registers the checks that every command runs before it starts."""

    name = "panah.site"
    label = "site"

    def ready(self) -> None:
        """Register."""
        register(checks.check_settings)
