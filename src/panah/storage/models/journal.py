"""The journal: every public fact in the order it became true, with its postings."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One fact = one leaf. `leaf` is empty until the sequencer has stored its place in the log.

    `body` is the leaf's canonical JSON. An entry that points at a gift whose leaf has no index yet
    holds `gift_ref`; the sequencer writes the index into the body when it gives both their places.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    body = models.BinaryField()
    gift_ref = models.CharField(max_length=32, null=True)
    leaf = models.BigIntegerField(unique=True, null=True)

    class Meta:
        indexes = [  # noqa: RUF012
            models.Index(fields=["id"], condition=models.Q(leaf__isnull=True), name="entry_pending"),
            models.Index(fields=["gift_ref"], condition=models.Q(gift_ref__isnull=False), name="entry_gift"),
            models.Index(fields=["leaf"], condition=models.Q(kind="roster"), name="entry_roster"),
        ]


class Posting(models.Model):
    """One line of an entry (double entry): debit > 0, credit < 0; each entry sums to 0 per currency."""

    entry = models.BigIntegerField(db_index=True)
    account = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()
