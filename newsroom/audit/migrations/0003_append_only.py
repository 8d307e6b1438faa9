from django.db import migrations

from newsroom.audit.append_only import FUNCTION, append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_relations")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION waylight_append_only()"),
        append_only("audit_auditentry"),
    ]
