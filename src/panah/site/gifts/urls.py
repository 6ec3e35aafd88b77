"""Addresses of the gift pages, below the folder of one fund."""

from __future__ import annotations

from django.urls import path

from panah.site.gifts import hooks, views

urlpatterns = [
    path("<slug:lang>/give/", views.give),
    path("<slug:lang>/pay/<slug:gift>/", views.pay),
    path("<slug:lang>/receipt/", views.receipt),
    path("rails/<slug:rail>/event", hooks.receive),
    path("<slug:lang>/give", views.add_slash),
    path("<slug:lang>/receipt", views.add_slash),
]
