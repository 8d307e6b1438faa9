"""What becomes of a retracted text: struck through unless its editor takes it away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0016_removals"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="retracted_body",
            field=models.CharField(
                blank=True,
                choices=[("", "is shown struck through"), ("removed", "is taken away")],
                db_default="",
                default="",
                help_text="Readers see it only of a retracted story. The text stays in its history "
                "either way.",
                max_length=8,
                verbose_name="once retracted, the text",
            ),
        ),
    ]
