"""The tables of a fund, as a Django app."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """One app for all tables; each fund has its own database with all of them."""

    name = "panah.storage"
    label = "storage"
