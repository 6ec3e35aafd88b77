"""A bare Django view that inserts one row per request: what a plain site on PostgreSQL does to keep a gift.

No middleware, no checks, no ORM: one INSERT in autocommit on the thread's own lasting connection, synchronous_commit
on, then the answer. Served as `benches.floors.insert:application`; `BENCH_DATABASE` is a `postgresql://` address.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import django
import orjson
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

_place = urlsplit(os.environ["BENCH_DATABASE"])
settings.configure(
    DEBUG=False, SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": _place.path.lstrip("/"), "USER": _place.username,
        "PASSWORD": _place.password, "HOST": _place.hostname, "PORT": _place.port, "CONN_MAX_AGE": None,
        "OPTIONS": {"options": "-c synchronous_commit=on"},
    }},
)  # fmt: skip
django.setup(set_prefix=False)

with connection.cursor() as _cursor:
    _cursor.execute("CREATE TABLE IF NOT EXISTS gift (id bigserial PRIMARY KEY, event text, gift text, minor bigint)")
connection.close()


def gift(request: HttpRequest) -> HttpResponse:
    """Take an event."""
    event = orjson.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gift (event, gift, minor) VALUES (%s, %s, %s)", (event["id"], event["gift"], event["amount"])
        )
    return HttpResponse(b"booked")


urlpatterns = [path("rails/fake/event", gift)]
application = WSGIHandler()
