"""Addresses of the inbox, of cases, and of the search. Ids are random; what is looked for is sent in forms alone."""

from __future__ import annotations

from django.urls import path

from panah.desk.cases import views

urlpatterns = [
    path("inbox", views.inbox),
    path("inbox/<str:verb>", views.deal),
    path("cases", views.cases),
    path("cases/new", views.new),
    path("cases/<str:case>", views.one),
    path("cases/<str:case>/<str:verb>", views.act),
    path("search", views.search),
]
