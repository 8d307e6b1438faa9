"""The newsroom's own texts in other languages."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branding", "0003_comments"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("source", models.TextField(verbose_name="the text")),
                ("said", models.TextField(verbose_name="in the other language")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "words in another language",
                "verbose_name_plural": "words in another language",
                "default_permissions": ("change",),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("language"),
                        django.db.models.functions.text.MD5("source"),
                        name="a_text_is_said_once",
                    )
                ],
            },
        ),
    ]
