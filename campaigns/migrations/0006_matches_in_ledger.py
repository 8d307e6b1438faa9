from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    """On a large ledger: nobody waits while the index is built and the rows are looked through."""

    atomic = False
    dependencies = [("campaigns", "0005_matches")]

    operations = [
        AddConstraintNotValid(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("donation", None), ("kind", "match"), ("match__isnull", False)),
                    models.Q(models.Q(("kind", "match"), _negated=True), ("match", None)),
                    _connector="OR",
                ),
                name="a_match_entry_names_its_match",
            ),
        ),
        ValidateConstraint(model_name="ledgerentry", name="a_match_entry_names_its_match"),
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("match__isnull", False)),
                fields=["match"],
                name="ledger_by_match",
            ),
        ),
    ]
