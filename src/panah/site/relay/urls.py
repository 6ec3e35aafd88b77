"""Addresses of relay and mailbox, below the folder of one fund, for servers that start at Django's own entry."""

from __future__ import annotations

from django.urls import re_path

from panah.site.relay import views

urlpatterns = [re_path(r"^(?P<room>relay|mailbox)/(?P<name>[a-z]{3,9})$", views.receive)]
