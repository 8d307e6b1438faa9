from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """On a large table of donations: nobody waits while the rows are looked through."""

    atomic = False
    dependencies = [("campaigns", "0013_how_gifts_are_meant")]

    operations = [
        AddConstraintNotValid(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(("for_fee__gte", 0), ("for_fee__lt", models.F("amount"))),
                name="fee_within_the_donation",
            ),
        ),
        ValidateConstraint(model_name="donation", name="fee_within_the_donation"),
    ]
