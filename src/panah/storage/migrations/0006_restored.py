from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0005_currencies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("rail", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("since", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="refundrequest",
            name="refused",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="refundrequest",
            name="answer",
            field=models.CharField(default="", max_length=8),
        ),
    ]
