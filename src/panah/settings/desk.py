"""Settings of a desk: what a worker of `panah desk serve` runs with, on a member's own machine.

No database, no sessions, no accounts: the desk's folder and this browser's cookie come with the worker's orders
(desk/process/orders.py). Nothing is logged: addresses name cases.
"""

from __future__ import annotations

from pathlib import Path

from panah.settings.base import *  # noqa: F403

_PACKAGE = Path(__file__).resolve().parent.parent

ROOT_URLCONF = "panah.desk.urls"
INSTALLED_APPS = []
MIDDLEWARE = ["panah.desk.process.gate.Gate"]
ALLOWED_HOSTS = ["127.0.0.1"]  # the gate compares the port too
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS: list[str] = []  # none writes to a disk
LANGUAGES = [("en", "English"), ("fa", "فارسی")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The site's stylesheet, so that both are one product; its Python stays out of reach.
        "DIRS": [_PACKAGE / "desk" / "templates", _PACKAGE / "site" / "templates"],
        "OPTIONS": {"builtins": ["django.templatetags.i18n", "panah.desk.tags"]},
    }
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django": {"handlers": [], "level": "CRITICAL", "propagate": False}},
}
LOGGING_CONFIG = "logging.config.dictConfig"
