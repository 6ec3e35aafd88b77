"""What is under way with a payment provider: visits of givers, calls that are to be made, histories to be listed.

A call is written here before the provider is asked, and stays until its outcome is known: that is how a crash, a
timeout or a lost answer ends neither with money taken twice nor with room given away. Times finer than a day
stand here only while something is under way.
"""

from __future__ import annotations

from django.db import models


class Visit(models.Model):
    """A giver at the provider's page. The row stays with the gift: refunds and disputes name the payment."""

    gift = models.CharField(primary_key=True, max_length=32)
    rail = models.CharField(max_length=12)
    lang = models.CharField(max_length=5)
    ends = models.BigIntegerField(null=True)  # Unix time; empty once it is known how the visit ended
    name = models.CharField(max_length=120, default="")  # the provider's name of the visit; empty = never shown
    payment = models.CharField(max_length=120, default="", db_index=True)  # the provider's name of the payment
    open = models.BooleanField(default=True)  # somebody may still pay

    class Meta:
        indexes = [  # noqa: RUF012
            models.Index(fields=["ends"], condition=models.Q(ends__isnull=False), name="visit_under_way"),
        ]


class RailCall(models.Model):
    """One call that moves money or stops it; `key` is its idempotency key at the provider.

    state: waiting → done (what it led to is in the books). Refunds have a table of their own (`ending.py`).
    """

    key = models.CharField(primary_key=True, max_length=60)  # "<gift>:<kind>[:<number>]"
    gift = models.CharField(max_length=32, db_index=True)
    rail = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)  # capture, void, expire
    amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default="waiting")
    first = models.BigIntegerField(null=True)  # Unix time of the first try: the age of the key
    due = models.BigIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [  # noqa: RUF012
            models.Index(fields=["due"], condition=models.Q(state="waiting"), name="call_waiting"),
        ]


class Replay(models.Model):
    """A provider that is to be asked what happened since a backup was made; while a row stands, nothing is signed."""

    rail = models.CharField(primary_key=True, max_length=12)
    since = models.BigIntegerField()  # Unix time
