"""Addresses of the way in and out, and of the overview."""

from __future__ import annotations

from django.urls import path

from panah.desk.front import views

urlpatterns = [
    path("", views.overview),
    path("start", views.start),
    path("unlock", views.unlock),
    path("opening", views.opening),
    path("lock", views.lock),
    path("quit", views.leave),
    path("language", views.language),
    path("sync", views.meet),
]
