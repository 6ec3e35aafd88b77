"""The fund itself: its rules, the counter that stops it at the goal, the head of its log."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Fund(models.Model):
    """The rules in force: exactly one row. Changes only by signed statements."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    slug = models.CharField(max_length=40)
    origin = models.CharField(max_length=200)
    charter = models.JSONField()  # body of leaf 0 as amended so far
    roster = models.JSONField()  # members and expiry in force
    leaf0 = models.BinaryField(max_length=32)  # SHA-256 of leaf 0: the fund's fingerprint
    vkey = models.CharField(max_length=400)
    notice = models.BigIntegerField(null=True)  # entry of the outside holders' notice that runs

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_fund")]  # noqa: RUF012


class Counter(models.Model):
    """The row that every money transaction locks first. Minor units of the fund's currency.

    `counted` is money proven and counted, `claimed` capacity held while a capture is under way.
    The CHECK is the last wall: whatever the code above does, the database never passes the goal.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    state = models.CharField(max_length=8)
    goal = models.BigIntegerField()
    minimum = models.BigIntegerField()
    counted = models.BigIntegerField(default=0)
    claimed = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    next_entry = models.BigIntegerField(default=1)
    next_leaf = models.BigIntegerField(default=0)
    gifts_paused = models.BooleanField(default=False)
    intake_paused = models.BooleanField(default=False)
    rules = models.IntegerField(default=1)  # grows with each change of Fund: readers reload it
    face = models.IntegerField(default=1)  # grows with each change that only the pages show
    bank_upto = models.DateField(null=True)

    class Meta:
        constraints = [  # noqa: RUF012
            models.CheckConstraint(condition=Q(id=1), name="one_counter"),
            models.CheckConstraint(condition=Q(counted__gte=0, claimed__gte=0, held__gte=0), name="never_negative"),
            models.CheckConstraint(condition=Q(goal__gte=F("counted") + F("claimed")), name="never_over_goal"),
        ]


class LogHead(models.Model):
    """The newest signed checkpoint, and who may sign the next one (`storage/lease.py`).

    `size` and `note` change only by compare-and-swap on `size` and `epoch` (`storage/sequencer.py`).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    note = models.BinaryField(default=b"")
    holder = models.CharField(max_length=80, default="")  # process and database session that has the lease
    epoch = models.BigIntegerField(default=0)  # grows whenever the lease changes hands
    until = models.BigIntegerField(default=0)  # end of the lease: milliseconds since 1970, the database's clock


class Statement(models.Model):
    """A signed message that was carried out; its id stops a second carrying out."""

    id = models.CharField(primary_key=True, max_length=64)  # SHA-256 of the body, hex
    kind = models.CharField(max_length=20)
    body = models.TextField()
    signers = models.JSONField()
    day = models.DateField()
