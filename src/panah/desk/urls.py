"""Every address of the desk."""

from __future__ import annotations

from panah.desk.cases.urls import urlpatterns as cases
from panah.desk.front.urls import urlpatterns as front
from panah.desk.offers.urls import urlpatterns as offers

urlpatterns = [*front, *cases, *offers]
handler404 = "panah.desk.front.views.missing"
handler500 = "panah.desk.front.views.broken"
