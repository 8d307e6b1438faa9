import django.db.models.functions.datetime
from django.db import migrations, models

from newsroom.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_first_publications"),
        ("audit", "0003_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("sequence", models.BigIntegerField(verbose_name="links")),
                ("site_hash", models.CharField(max_length=64, verbose_name="head")),
                ("line", models.TextField(verbose_name="signed line")),
                (
                    "published_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="published",
                    ),
                ),
            ],
            options={
                "verbose_name": "head of the record",
                "verbose_name_plural": "heads of the record",
                "ordering": ["-day"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RecordCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("links", models.BigIntegerField(default=0, verbose_name="links")),
                ("differences", models.PositiveIntegerField(default=0, verbose_name="differences")),
                ("found", models.JSONField(blank=True, default=list, verbose_name="found")),
            ],
            options={
                "verbose_name": "verification of the record",
                "verbose_name_plural": "verifications of the record",
                "default_permissions": ("view",),
            },
        ),
        append_only("articles_recordhead"),
    ]
