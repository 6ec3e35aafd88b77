"""Addresses of offers."""

from __future__ import annotations

from django.urls import path

from panah.desk.offers import views

urlpatterns = [
    path("offers", views.listed),
    path("offers/<str:offer>", views.one),
    path("offers/<str:offer>/<str:verb>", views.act),
]
