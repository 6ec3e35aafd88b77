"""A bare Django view that inserts what it is sent: one row, one commit, one fsync per request.

No middleware, no checks: no look at the envelope, no proof of work, no quota, no question whether it is here already.
SQLite, WAL, synchronous=FULL, through the ORM. Served as `benches.floors.envelopes:application`; `BENCH_PLACE` names
its folder.
"""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    DEBUG=False, SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(os.environ["BENCH_PLACE"]) / "floor.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 60, "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        },
    }},
)  # fmt: skip
django.setup(set_prefix=False)


class Parcel(models.Model):
    """What was sent."""

    data = models.BinaryField()

    class Meta:
        app_label = "bench"


with connection.schema_editor() as _editor:
    _editor.create_model(Parcel)
connection.close()


def take(request: HttpRequest) -> HttpResponse:
    """Keep a body."""
    Parcel.objects.create(data=request.body)
    return HttpResponse(b"taken")


urlpatterns = [path("relay/deposit", take)]
application = WSGIHandler()
