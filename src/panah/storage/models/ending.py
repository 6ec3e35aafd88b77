"""How gifts end by people's decisions: refunds that givers asked for, refunds on their way, rails that are stopped."""

from __future__ import annotations

from django.db import models


class RefundRequest(models.Model):
    """A giver, known only by the receipt code, asked for a gift back. Gone once members have agreed.

    Refused, it stays with the day and the kind of reason, for the giver to read; asked again, it waits again.
    """

    gift = models.CharField(primary_key=True, max_length=32)
    day = models.DateField()
    why = models.CharField(max_length=8, default="")  # a word from a short list: free text would name people
    refused = models.DateField(null=True)
    answer = models.CharField(max_length=8, default="")  # why members refused, a word from a short list too


class Refund(models.Model):
    """Money that two members agreed to send back; its leaf is in the journal before anybody is asked to pay.

    state: agreed → sent, or refused (the provider will not: members send it another way). `key` is made from
    the signed statement, so it is the same after a restore, and two equal parts of one gift have two. `sent`
    is empty for one that went by hand and was taken in from the log: it counts as sent, on a day nobody here knows.
    """

    key = models.CharField(max_length=64, unique=True)
    gift = models.CharField(max_length=32, db_index=True)
    rail = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    day = models.DateField()
    state = models.CharField(max_length=8, default="agreed")
    asked = models.DateField(null=True)  # when the provider was first asked: its memory of a key ends
    sent = models.DateField(null=True)

    class Meta:
        indexes = [  # noqa: RUF012
            models.Index(fields=["id"], condition=models.Q(state="agreed"), name="refund_open"),
        ]


class StoppedRail(models.Model):
    """A rail by which no new gift may begin, until two members resume it."""

    rail = models.CharField(primary_key=True, max_length=12)
    day = models.DateField()
    frozen = models.BooleanField(default=False)  # two members said so in the log; else one pulled the switch
