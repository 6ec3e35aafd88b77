"""Updates of the public face: dated texts that can be withdrawn and put back."""

from __future__ import annotations

from django.db import models


class Update(models.Model):
    """A dated text in several languages. Id `story` is the fund's long story."""

    id = models.CharField(primary_key=True, max_length=64)
    day = models.DateField()
    file = models.BinaryField()  # the bytes that its leaf hashes: canonical JSON with salt, texts, images
    withdrawn = models.BooleanField(default=False)


class UpdateImage(models.Model):
    """A picture as re-drawn on receipt: no metadata of the original is kept."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    update = models.CharField(max_length=64, db_index=True)
    data = models.BinaryField()
    withdrawn = models.BooleanField(default=False)
