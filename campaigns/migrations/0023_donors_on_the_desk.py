import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the desk keeps about donors. Their years are filled from the ledger, which nobody writes
    to meanwhile; on two million entries that is some seconds."""

    dependencies = [
        ("campaigns", "0022_personal_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="donation",
            options={
                "default_permissions": ("view",),
                "ordering": ["-id"],
                "permissions": [
                    ("refund_donation", "Can refund a donation"),
                    ("move_donation", "Can move a donation to another campaign"),
                ],
                "verbose_name": "donation",
                "verbose_name_plural": "donations",
            },
        ),
        migrations.AlterModelOptions(
            name="donor",
            options={
                "default_permissions": ("view", "change"),
                "verbose_name": "donor",
                "verbose_name_plural": "donors",
            },
        ),
        migrations.AddField(
            model_name="donor",
            name="joined_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="known_as",
                to="campaigns.donor",
            ),
        ),
        migrations.AddField(
            model_name="donor",
            name="no_appeals",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="does not wish to be asked for more"
            ),
        ),
        migrations.AddField(
            model_name="donor",
            name="no_calls",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="does not wish to be called"
            ),
        ),
        migrations.AddField(
            model_name="donor",
            name="phone",
            field=models.CharField(
                blank=True, db_default="", max_length=40, verbose_name="telephone"
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "charge"),
                    ("charge_failure", "charge failed later"),
                    ("refund", "refund"),
                    ("refund_failure", "refund failed"),
                    ("partial_capture_reversal", "partial capture reversal"),
                    ("dispute", "dispute"),
                    ("dispute_reversal", "dispute won"),
                    ("other", "other movement at Stripe"),
                    ("match", "match"),
                    ("offline", "offline gift"),
                    ("offline_undone", "offline gift undone"),
                    ("attributed", "attributed by staff"),
                    ("attribution_undone", "attribution undone"),
                    ("moved_in", "moved here by staff"),
                    ("moved_out", "moved to another campaign"),
                ],
                max_length=26,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="DonorNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="note")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="campaigns.donor",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "ordering": ["-id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("rules", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "ordering": ["name"],
                "permissions": [
                    ("export_segment", "Can take donors’ names and addresses out of the site")
                ],
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="DonorJoin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("donations", models.JSONField(default=list)),
                ("recurring", models.JSONField(default=list)),
                ("reader_moved", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=200)),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "joined",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joins_away",
                        to="campaigns.donor",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joins",
                        to="campaigns.donor",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "donors joined",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("joined",),
                        name="a_donor_is_joined_to_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("joined", models.F("kept")), _negated=True),
                        name="nobody_is_joined_to_themselves",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DonorYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("net", models.BigIntegerField(default=0)),
                ("regular", models.BigIntegerField(default=0)),
                ("gifts", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
                (
                    "donor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="years",
                        to="campaigns.donor",
                    ),
                ),
            ],
            options={
                "verbose_name": "donor’s year",
                "default_permissions": (),
                "indexes": [models.Index(fields=["year", "donor"], name="donors_of_a_year")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("donor", "year", "currency"), name="one_year_a_donor"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThankYouCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[("first", "first gift"), ("large", "large gift")],
                        max_length=5,
                        verbose_name="for",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "to be made"), ("done", "made"), ("skipped", "left out")],
                        default="open",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "owed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "caller",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who calls",
                    ),
                ),
                (
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="thank_you_call",
                        to="campaigns.donation",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "thank-you call",
                "verbose_name_plural": "thank-you calls",
                "default_permissions": ("view", "change"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["-id"],
                        name="calls_to_be_made",
                    ),
                    models.Index(fields=["state", "-id"], name="calls_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_call_that_ended_says_when",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            """
            LOCK TABLE campaigns_ledgerentry IN SHARE MODE;
            INSERT INTO campaigns_donoryear
                (donor_id, year, currency, net, regular, gifts, last_at)
            SELECT g.donor_id,
                extract(year FROM e.occurred_at AT TIME ZONE c.time_zone)::smallint,
                e.currency, sum(e.amount),
                coalesce(sum(e.amount) FILTER (WHERE g.frequency <> 'once'), 0),
                count(*) FILTER (WHERE e.kind IN ('charge', 'offline')),
                max(e.occurred_at) FILTER (WHERE e.kind IN ('charge', 'offline'))
            FROM campaigns_ledgerentry e
            JOIN campaigns_donation g ON g.id = e.donation_id
            JOIN campaigns_campaign c ON c.id = e.campaign_id
            WHERE g.donor_id IS NOT NULL
            GROUP BY 1, 2, 3
            """,
            migrations.RunSQL.noop,
        ),
    ]
