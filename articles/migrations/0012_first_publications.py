from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The table of versions is large on a site of years: nobody waits while it is read through.
    atomic = False
    dependencies = [("articles", "0011_search")]
    operations = [
        AddIndexConcurrently(
            "version",
            models.Index(
                condition=models.Q(("number", 1)),
                fields=["-published_at", "-article"],
                name="first_publications",
            ),
        ),
    ]
