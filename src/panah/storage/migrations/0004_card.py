from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0003_endings"),
    ]

    operations = [
        migrations.CreateModel(
            name="RailCall",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("gift", models.CharField(db_index=True, max_length=32)),
                ("rail", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=8)),
                ("amount", models.BigIntegerField(default=0)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("first", models.BigIntegerField(null=True)),
                ("due", models.BigIntegerField(default=0)),
                ("tries", models.SmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due"], name="call_waiting"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("gift", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("rail", models.CharField(max_length=12)),
                ("lang", models.CharField(max_length=5)),
                ("ends", models.BigIntegerField(null=True)),
                ("name", models.CharField(default="", max_length=120)),
                ("payment", models.CharField(db_index=True, default="", max_length=120)),
                ("open", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("ends__isnull", False)), fields=["ends"], name="visit_under_way"),
                ],
            },
        ),
        migrations.AddField(
            model_name="raileventrow",
            name="amount",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="raileventrow",
            name="id",
            field=models.CharField(max_length=140, primary_key=True, serialize=False),
        ),
    ]
