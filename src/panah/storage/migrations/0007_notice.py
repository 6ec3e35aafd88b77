"""A notice of outside holders that runs."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0006_restored"),
    ]

    operations = [
        migrations.AddField(
            model_name="fund",
            name="notice",
            field=models.BigIntegerField(null=True),
        ),
    ]
