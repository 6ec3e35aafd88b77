"""Every address that needs this process; all others are published files (`pages.py`)."""

from __future__ import annotations

from django.urls import include, path

from panah.site import health
from panah.site.gifts.urls import urlpatterns as gifts
from panah.site.relay.urls import urlpatterns as relay

urlpatterns = [
    path("health", health.health),
    *gifts,  # not included: each level of addresses costs every request a search
    *relay,
    path("f/<slug:slug>/", include("panah.site.gifts.urls")),
    path("f/<slug:slug>/", include("panah.site.relay.urls")),
]
handler400 = health.answer_unreadable
handler404 = health.answer_missing
handler500 = health.answer_broken
