"""Every address that needs this process; all others are published files (`pages.py`)."""

from __future__ import annotations

from django.urls import include, path

from panah.site import health

urlpatterns = [
    path("health", health.health),
    path("f/<slug:slug>/", include("panah.site.gifts.urls")),
    path("", include("panah.site.gifts.urls")),
]
handler400 = health.answer_unreadable
handler404 = health.answer_missing
handler500 = health.answer_broken
