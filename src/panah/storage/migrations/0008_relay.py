"""What the relay keeps of the sealed side."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0007_notice"),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "seq", "member", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("member", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("member", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("key", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "member", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("member", models.CharField(max_length=32)),
                ("key", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                ("blob", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("lookup", models.BinaryField(db_index=True, max_length=32)),
                ("deletion", models.BinaryField(max_length=32, null=True)),
                ("day", models.DateField()),
                ("bucket", models.IntegerField()),
                ("expires", models.DateField()),
                ("vouched", models.BooleanField(null=True)),
                ("blob", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="IntakeDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(max_length=32)),
                ("script", models.IntegerField(default=0)),
                ("script_vouched", models.IntegerField(default=0)),
                ("door", models.IntegerField(default=0)),
                ("door_vouched", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateField()),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(condition=models.Q(("kind", "roster")), fields=["leaf"], name="entry_roster"),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(("deletion__isnull", False)), fields=["deletion"], name="envelope_deletion"
            ),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(fields=["expires"], name="envelope_expires"),
        ),
    ]
