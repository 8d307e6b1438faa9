from django.db import migrations

from newsroom.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_relations"), ("audit", "0003_append_only")]
    operations = [
        append_only("campaigns_ledgerentry"),
        append_only("campaigns_campaignchange"),
    ]
