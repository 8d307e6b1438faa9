"""That a story's translation is to be looked at, because the story was corrected."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0017_retracted_body"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TranslationLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owed_at", models.DateTimeField(verbose_name="owed since")),
                ("looked_at", models.DateTimeField(null=True, verbose_name="looked at")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translation_looks",
                        to="articles.article",
                    ),
                ),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="translation_looks",
                        to="articles.correction",
                    ),
                ),
                (
                    "looked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "translation to look at",
                "verbose_name_plural": "translations to look at",
                "ordering": ["owed_at", "pk"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("looked_at__isnull", True)),
                        fields=["article"],
                        name="translations_to_look_at",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "correction"), name="an_entry_is_looked_at_once"
                    )
                ],
            },
        ),
    ]
