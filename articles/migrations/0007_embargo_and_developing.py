"""The embargo and since when a story is developing: two empty columns, no row is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_reports_and_follows")]

    operations = [
        migrations.AddField(
            "article",
            "developing_since",
            models.DateTimeField("developing since", editable=False, null=True),
        ),
        migrations.AddField(
            "article",
            "embargo_until",
            models.DateTimeField("embargo until", blank=True, null=True),
        ),
    ]
