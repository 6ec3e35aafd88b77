"""A pretix shop with one product, run by pretix's own Python: `python pretix_shop.py`; prints an API token.

One organiser, one event, one product of 25 EUR without limit, paid by bank transfer, so that no card company is part
of it. Mail goes where pretix's settings say.
"""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django_scopes import scope  # noqa: E402
from pretix.base.models import Event, Organizer, Team, TeamAPIToken  # noqa: E402


def main() -> None:
    organizer = Organizer.objects.create(name="Lantern", slug="lantern", plugins="pretix.plugins.banktransfer")
    with scope(organizer=organizer):
        tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
        event = Event.objects.create(
            organizer=organizer, name="Reading", slug="reading", currency="EUR", date_from=tomorrow, live=True,
            plugins="pretix.plugins.banktransfer",
        )  # fmt: skip
        event.set_defaults()
        event.settings.timezone = "UTC"
        transfer = {"bank_details_type": "other", "bank_details": "Lantern, DE00", "ack": True, "_enabled": True}
        for name, value in transfer.items():
            event.settings.set(f"payment_banktransfer_{name}", value)
        item = event.items.create(name="Ticket", default_price=Decimal("25.00"))
        event.quotas.create(name="all", size=None).items.add(item)
        team = Team.objects.create(organizer=organizer, name="all", all_events=True)
        for name in ("all_event_permissions", "all_organizer_permissions", "can_change_orders", "can_view_orders"):
            if hasattr(team, name):
                setattr(team, name, True)
        team.save()
        token = TeamAPIToken.objects.create(team=team, name="bench")
        print(f"shop item={item.pk} token={token.token}")


if __name__ == "__main__":
    del call_command
    main()
