"""Sets Django up once, before any test imports a table. Importing it is enough."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panah.settings.test")
django.setup()
