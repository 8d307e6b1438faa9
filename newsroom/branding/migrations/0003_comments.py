"""How long stories take comments, how many reports count, when trust is offered."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branding", "0002_developing_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="branding",
            name="comments_days",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="From its first publication on. 0 for ever. A story can close before.",
                verbose_name="days for which a story takes comments",
            ),
        ),
        migrations.AddField(
            model_name="branding",
            name="comments_reports",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="Until an editor decides it is not shown under the story.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="reports that bring a comment back to the desk",
            ),
        ),
        migrations.AddField(
            model_name="branding",
            name="comments_trust_after",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="In a row. Trusted readers’ comments need no approval. 0 never.",
                verbose_name="approved comments after which the desk offers to trust a reader",
            ),
        ),
    ]
