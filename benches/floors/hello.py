"""Django saying hello with the very middlewares and settings of our site: the floor of a page that is no file.

Served as `benches.floors.hello:application`.
"""

from __future__ import annotations

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

from panah.settings import site

_OURS = {name: getattr(site, name) for name in dir(site) if name.isupper()}
settings.configure(**_OURS | {"ROOT_URLCONF": __name__})
django.setup(set_prefix=False)


def hello(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer."""
    return HttpResponse(b"hello")


urlpatterns = [path("hello", hello)]
application = WSGIHandler()
