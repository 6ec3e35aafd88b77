"""What the relay keeps of the sealed side: envelopes, and what is needed to take them in and to forget them.

Exactly the fields of docs/spec/relay.md, which a test holds this file to: no address, program, language, hour or order
of reading ever. Of days only that of arrival and the last one stand here.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Envelope(models.Model):
    """A sealed envelope.

    vouched: false or true for what people sent; null when a member wrote it. Then it is a reply if `deletion` stands
    here (it stays for its reader) and a letter between desks if not.
    """

    seq = models.BigAutoField(primary_key=True)
    lookup = models.BinaryField(max_length=32, db_index=True)
    deletion = models.BinaryField(max_length=32, null=True)
    day = models.DateField()
    bucket = models.IntegerField()
    expires = models.DateField()
    vouched = models.BooleanField(null=True)
    blob = models.BinaryField()  # last: whoever looks at the others need not read past it

    class Meta:
        indexes = [  # noqa: RUF012
            models.Index(fields=["deletion"], condition=Q(deletion__isnull=False), name="envelope_deletion"),
            models.Index(fields=["expires"], name="envelope_expires"),
        ]


class Acknowledgement(models.Model):
    """A member's desk has taken this envelope in."""

    pk = models.CompositePrimaryKey("seq", "member")  # no number of its own: that would tell the order
    seq = models.BigIntegerField()
    member = models.CharField(max_length=32)


class Challenge(models.Model):
    """What is sealed to one member on one day. `digest`: SHA-256 of the secret in it; `key` names the recipient."""

    pk = models.CompositePrimaryKey("day", "member")
    day = models.DateField()
    member = models.CharField(max_length=32)
    key = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    blob = models.BinaryField()


class Answer(models.Model):
    """The newest challenge that a member has opened, and with which key."""

    member = models.CharField(max_length=32, primary_key=True)
    day = models.DateField()
    key = models.BinaryField(max_length=32)


class IntakeDay(models.Model):
    """What a day took in by each way, and the salt of its work. Today's and yesterday's alone."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)
    script = models.IntegerField(default=0)
    script_vouched = models.IntegerField(default=0)
    door = models.IntegerField(default=0)
    door_vouched = models.IntegerField(default=0)


class Voucher(models.Model):
    """The SHA-256 of a voucher that nobody used yet."""

    id = models.BinaryField(max_length=32, primary_key=True)
    until = models.DateField()
