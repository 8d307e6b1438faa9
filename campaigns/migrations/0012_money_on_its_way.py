import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Bank debits on their way, fees settled in another currency, comparisons that go on where they
    were cut off. Columns have defaults of the database's own, so no row is written again; nobody
    waits while the index is built."""

    atomic = False
    dependencies = [("campaigns", "0011_tax_receipts")]

    operations = [
        migrations.AddField(
            model_name="campaigntotal",
            name="on_its_way",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="on_its_way",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="counts_in",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="fee_counted",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="differing",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="place",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("source_key__startswith", "stripe:")),
                fields=["occurred_at"],
                name="ledger_of_stripe",
            ),
        ),
    ]
