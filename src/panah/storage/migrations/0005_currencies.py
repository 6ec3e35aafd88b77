from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0004_card"),
    ]

    operations = [
        migrations.AddField(
            model_name="gift",
            name="remains",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="gift",
            name="rate",
            field=models.CharField(default="", max_length=26),
        ),
        migrations.AddField(
            model_name="gift",
            name="source",
            field=models.CharField(default="", max_length=60),
        ),
        migrations.RunSQL("UPDATE storage_gift SET remains = booked", migrations.RunSQL.noop),
    ]
