from django.db import migrations

from newsroom.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_relations"), ("audit", "0003_append_only")]
    operations = [
        append_only("articles_version"),
        append_only("articles_correction"),
        append_only("articles_seal"),
    ]
