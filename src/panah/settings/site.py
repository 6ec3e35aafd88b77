"""Settings of the public site: what `panah site serve` runs with. No secret of a fund is ever here.

There are no sessions, cookies or accounts, hence no middleware: every protective header is set where an
answer is made (`site/answers.py`, `site/pages.py`). Bodies are capped before they are read.
"""

from __future__ import annotations

import os

from panah.settings.base import *  # noqa: F403

ROOT_URLCONF = "panah.site.urls"
WSGI_APPLICATION = "panah.site.wsgi.application"
INSTALLED_APPS = ["panah.storage", "panah.site"]
# Any name is answered: mirrors and onions come and go, no page prints the name it was asked by, and no
# request carries authority that a rebound name could borrow.
ALLOWED_HOSTS = ["*"]
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # a provider's event; forms have limits of their own
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
PANAH_INTAKE_SCRIPT = os.environ.get("PANAH_INTAKE_SCRIPT", "400")
"""Sealed envelopes a day from pages with script; a quarter is kept for vouched codes."""
PANAH_INTAKE_DOOR = os.environ.get("PANAH_INTAKE_DOOR", "100")
"""The same for the door without script."""
PANAH_INTAKE_WORK = os.environ.get("PANAH_INTAKE_WORK", "16")
"""Zero bits of proof of work from pages with script; 0: none is asked for."""
LANGUAGES = [
    ("en", "English"), ("fa", "فارسی"), ("fa-af", "دری"), ("ps", "پښتو"), ("ar", "العربية"),
    ("fr", "français"), ("de", "Deutsch"),
]  # fmt: skip
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "panah: %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Django's own request logger would write addresses with gift ids; ours write codes of errors only.
    "loggers": {
        "panah": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
LOGGING_CONFIG = "logging.config.dictConfig"
