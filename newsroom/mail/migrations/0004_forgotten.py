"""A mail may be cancelled, and mails are found by whom they went to. The index is built while mail
goes on being written: the outbox may be long."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mail", "0003_stop_url"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outboxmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("owed", "owed"),
                    ("sending", "being sent"),
                    ("sent", "sent"),
                    ("failed", "given up"),
                    ("cancelled", "cancelled"),
                ],
                default="owed",
                max_length=10,
                verbose_name="state",
            ),
        ),
        AddIndexConcurrently(
            model_name="outboxmail",
            index=models.Index(Upper("to"), name="mail_by_address"),
        ),
    ]
