"""Settings that site, desk and tests share: flat lookups in the environment, nothing clever.

There is no default database: each fund has its own (`storage/funds.py`). There are no sessions, no
accounts and no cookies, so nothing is signed with `SECRET_KEY`; Django only wants it to exist.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PANAH_HOME = Path(os.environ.get("PANAH_HOME", ".panah")).resolve()
PANAH_DATABASE = os.environ.get("PANAH_DATABASE", "")
"""Empty: one SQLite file per fund. Otherwise `postgresql://user:password@host:port/name`: one schema per fund."""
PANAH_DOOR_ADDRESS = os.environ.get("PANAH_DOOR_ADDRESS", "")
"""Where people without script find the door; empty: this site has none."""
PANAH_ANSWER_DAYS = os.environ.get("PANAH_ANSWER_DAYS", "7")
"""After how many days a first answer comes, as the ask page says it."""
PANAH_STRIPE_API = os.environ.get("PANAH_STRIPE_API", "")
"""Empty: Stripe itself. Otherwise where another one answers, for tests on this machine."""

SECRET_KEY = secrets.token_hex(32)
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, object]] = {}
INSTALLED_APPS = ["panah.storage"]
MIDDLEWARE: list[str] = []
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
