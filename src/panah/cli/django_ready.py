"""Sets Django up for `panah site`, by being imported before anything that has tables."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panah.settings.site")
django.setup()
READY = True
