import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# As the ledger sums them up; of earlier gifts neither referrer nor device was known, nor was it
# written down whether their donors had given before.
SUM_UP = """
INSERT INTO campaigns_originday
    (campaign_id, day, dimension, value, received, reversed, gifts, largest, squares)
SELECT e.campaign_id, (e.occurred_at AT TIME ZONE c.time_zone)::date, said.dimension,
    CASE WHEN d.id IS NULL OR d.via = 'offline' THEN 'offline'
         WHEN d.via = 'renewal' THEN 'renewal'
         ELSE coalesce(said.value, '') END,
    coalesce(sum(e.amount) FILTER (
        WHERE e.kind IN ('charge', 'offline', 'attributed', 'moved_in')), 0),
    coalesce(-sum(e.amount) FILTER (
        WHERE e.kind NOT IN ('charge', 'offline', 'attributed', 'moved_in')), 0),
    count(*) FILTER (WHERE e.kind IN ('charge', 'offline')),
    coalesce(max(e.amount) FILTER (WHERE e.kind IN ('charge', 'offline')), 0),
    coalesce(sum(e.amount::numeric * e.amount) FILTER (WHERE e.kind IN ('charge', 'offline')), 0)
FROM campaigns_ledgerentry e
JOIN campaigns_campaign c ON c.id = e.campaign_id
LEFT JOIN campaigns_donation d ON d.id = e.donation_id
CROSS JOIN LATERAL (VALUES
    ('article', d.article_id::text), ('first_article', d.first_article_id::text), ('via', d.via),
    ('referrer', ''), ('device', ''), ('language', d.language), ('frequency', d.frequency),
    ('donor', ''), ('arm', '')
) AS said(dimension, value)
WHERE e.kind <> 'match'
GROUP BY 1, 2, 3, 4
"""


class Migration(migrations.Migration):
    """Page loads, where gifts began, and how each gift came. Columns have defaults of the
    database's own, so no row is written again; what the ledger holds is summed up as far as it was
    known where a gift began. Checkouts opened before are in no funnel."""

    dependencies = [
        ("articles", "0019_earlier_removals_and_own_finds"),
        ("campaigns", "0024_regular_giving_and_watch"),
    ]

    operations = [
        migrations.CreateModel(
            name="FunnelDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("opened", models.PositiveIntegerField(default=0)),
                ("received", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "gifts by the day they were begun",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="OriginDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("dimension", models.CharField(max_length=14)),
                ("value", models.CharField(blank=True, max_length=40)),
                ("received", models.BigIntegerField(default=0)),
                ("reversed", models.BigIntegerField(default=0)),
                ("gifts", models.PositiveIntegerField(default=0)),
                ("largest", models.BigIntegerField(default=0)),
                ("squares", models.DecimalField(decimal_places=0, default=0, max_digits=40)),
            ],
            options={
                "verbose_name": "where gifts began, by day",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StepBatch",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "batch of page loads",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StepDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("article", "story seen"),
                            ("banner", "banner seen"),
                            ("give", "give page seen"),
                            ("thanks", "thanks page seen"),
                            ("return", "back from Checkout"),
                        ],
                        max_length=8,
                    ),
                ),
                ("day", models.DateField()),
                ("loads", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "page loads of a day",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StepTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("article", "story seen"),
                            ("banner", "banner seen"),
                            ("give", "give page seen"),
                            ("thanks", "thanks page seen"),
                            ("return", "back from Checkout"),
                        ],
                        max_length=8,
                    ),
                ),
                ("day", models.DateField()),
                ("dimension", models.CharField(max_length=14)),
                ("value", models.CharField(blank=True, max_length=40)),
                ("loads", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "tally of page loads",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="holdout",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="donation",
            name="arm",
            field=models.CharField(blank=True, db_default="", default="", max_length=6),
        ),
        migrations.AddField(
            model_name="donation",
            name="device",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="donation",
            name="earlier_donor",
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="donation",
            name="opened_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="donation",
            name="referrer",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("holdout__lte", 50)), name="holdout_up_to_half"
            ),
        ),
        migrations.AddField(
            model_name="funnelday",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="originday",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="stepday",
            name="article",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="articles.article",
            ),
        ),
        migrations.AddField(
            model_name="stepday",
            name="campaign",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="steptally",
            name="campaign",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="funnelday",
            constraint=models.UniqueConstraint(fields=("campaign", "day"), name="one_funnel_a_day"),
        ),
        migrations.AddConstraint(
            model_name="originday",
            constraint=models.UniqueConstraint(
                fields=("campaign", "dimension", "value", "day"), name="one_origin_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="stepday",
            constraint=models.UniqueConstraint(
                fields=("campaign", "step", "day", "article"),
                name="one_count_of_loads",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="steptally",
            constraint=models.UniqueConstraint(
                fields=("campaign", "dimension", "step", "day", "value"),
                name="one_tally_of_loads",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(SUM_UP, migrations.RunSQL.noop),
    ]
