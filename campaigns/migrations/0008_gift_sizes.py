from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The sizes of gifts, offline ones among them; nobody waits while the index is built."""

    atomic = False
    dependencies = [("campaigns", "0007_offline_gifts")]

    operations = [
        RemoveIndexConcurrently(
            model_name="ledgerentry",
            name="ledger_gift_sizes",
        ),
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("kind__in", ["charge", "offline"])),
                fields=["campaign", "amount"],
                name="ledger_gift_sizes",
            ),
        ),
    ]
