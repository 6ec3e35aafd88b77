"""Races run on both databases."""

from tests.storage.conftest import database, new_fund  # noqa: F401
