from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The sizes of gifts, offline ones among them; nobody waits while the index is built, and the
    old one serves until the new one stands."""

    atomic = False
    dependencies = [("campaigns", "0007_offline_gifts")]

    operations = [
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("kind__in", ["charge", "offline"])),
                fields=["campaign", "amount"],
                name="ledger_gift_sizes_new",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="ledgerentry",
            name="ledger_gift_sizes",
        ),
        migrations.RenameIndex(
            model_name="ledgerentry",
            old_name="ledger_gift_sizes_new",
            new_name="ledger_gift_sizes",
        ),
    ]
