"""Gifts, what rails said about them, and lines of signed bank lists.

No names, no addresses, no times finer than a day.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Gift(models.Model):
    """One gift from the form to its last ending. `amount` and `remains` in minor units of `currency`, the
    others in the fund's: for a gift in the fund's own currency that is one and the same.

    status: promised → claimed (capacity held, capture under way) → booked → ended (all of it voided or
    returned); refused (the goal was met or the rail said no).
    """

    id = models.CharField(primary_key=True, max_length=32)
    rail = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()  # what the giver promised
    takes_rest = models.BooleanField(default=False)  # "take what is left"
    rc = models.BinaryField(max_length=32, db_index=True)  # receipt commitment
    twin = models.BooleanField(default=False)  # a second transfer under the same reference: same code
    reference = models.CharField(max_length=25, unique=True, null=True)  # RF reference on push rails
    status = models.CharField(max_length=8, default="promised")
    claimed = models.BigIntegerField(default=0)
    remains = models.BigIntegerField(default=0)  # what arrived and still is here
    booked = models.BigIntegerField(default=0)  # what that is worth at `rate`
    rate = models.CharField(max_length=26, default="")  # foreign gifts: fixed when claimed, as the leaf has it
    source = models.CharField(max_length=60, default="")
    counted = models.BigIntegerField(default=0)  # part of `booked` inside the goal
    made = models.DateField()
    value_day = models.DateField(null=True)
    log_by = models.DateField(null=True)  # the day its leaf must be in the log, as the booked note says

    class Meta:
        constraints = [  # noqa: RUF012
            models.CheckConstraint(
                condition=Q(amount__gt=0, claimed__gte=0, booked__gte=0, counted__gte=0, counted__lte=F("booked")),
                name="gift_amounts",
            ),
            models.UniqueConstraint(fields=["rc"], condition=Q(twin=False), name="one_code_one_gift"),
        ]
        indexes = [  # noqa: RUF012
            # Held gifts waiting for capacity, oldest value day first: stays small, so it stays fast.
            models.Index(fields=["value_day"], condition=Q(booked__gt=F("counted")), name="gift_waiting"),
        ]


class RailEventRow(models.Model):
    """A provider's fact that was carried out: each counts once, in any order, late or doubled."""

    id = models.CharField(primary_key=True, max_length=140)  # "<rail>:<id of the fact>"
    gift = models.CharField(max_length=32)
    outcome = models.CharField(max_length=12)
    amount = models.BigIntegerField(default=0)  # what it took out of the gift: this much can come back


class BankLine(models.Model):
    """A line of a bank list that two members signed; `line` is salted, so it names no one."""

    line = models.BinaryField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=10)
    gift = models.CharField(max_length=32)
    amount = models.BigIntegerField()
    day = models.DateField()
    listed = models.BinaryField(max_length=32)  # SHA-256 of the signed list
