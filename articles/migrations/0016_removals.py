"""Removals of stories and withheld versions go on the record; the database lets no published story
go, or come back, without its row. The chain's constraint is validated apart from being made."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

from newsroom.audit.append_only import append_only

TRIGGER = """
CREATE FUNCTION waylight_no_silent_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM articles_version WHERE article_id = NEW.id) THEN
        RETURN NULL;
    END IF;
    SELECT kind INTO last FROM articles_removal
        WHERE article_id = NEW.id AND version_id IS NULL ORDER BY number DESC LIMIT 1;
    IF NOT NEW.live AND coalesce(last, 'returned') = 'returned' THEN
        RAISE EXCEPTION 'story % would go from readers without a removal', NEW.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'silent_removal',
                  HINT = 'Remove it from the site on the desk, with a reason.';
    END IF;
    IF NEW.live AND coalesce(last, 'returned') <> 'returned' THEN
        RAISE EXCEPTION 'story % was removed and would come back silently', NEW.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'silent_removal',
                  HINT = 'Publish it on the desk.';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_silent_removal AFTER UPDATE ON wagtailcore_page
    FOR EACH ROW WHEN (OLD.live IS DISTINCT FROM NEW.live)
    EXECUTE FUNCTION waylight_no_silent_removal();
"""

UNDO = """
DROP TRIGGER no_silent_removal ON wagtailcore_page;
DROP FUNCTION waylight_no_silent_removal();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0015_what_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="act")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unpublished", "taken off the site"),
                            ("expired", "expired"),
                            ("deleted", "taken off the site for good"),
                            ("restricted", "no longer public"),
                            ("returned", "published again"),
                            ("withheld", "withheld"),
                            ("lifted", "no longer withheld"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("law", "a court or the law demands it"),
                            ("safety", "a person's safety"),
                            ("rights", "somebody else's rights"),
                            ("mistake", "published by mistake"),
                            ("other", "another ground"),
                        ],
                        max_length=10,
                        verbose_name="ground",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=600, verbose_name="reason")),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="recorded",
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "removal",
                "verbose_name_plural": "removals",
                "ordering": ["article", "number"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RemovalRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unpublished", "taken off the site"),
                            ("expired", "expired"),
                            ("deleted", "taken off the site for good"),
                            ("restricted", "no longer public"),
                            ("returned", "published again"),
                            ("withheld", "withheld"),
                            ("lifted", "no longer withheld"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("law", "a court or the law demands it"),
                            ("safety", "a person's safety"),
                            ("rights", "somebody else's rights"),
                            ("mistake", "published by mistake"),
                            ("other", "another ground"),
                        ],
                        max_length=10,
                        verbose_name="ground",
                    ),
                ),
                ("reason", models.TextField(max_length=600, verbose_name="reason")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for a second person"),
                            ("agreed", "agreed"),
                            ("declined", "declined"),
                            ("overtaken", "overtaken"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="asked",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "request for a removal",
                "verbose_name_plural": "requests for removals",
                "ordering": ["-id"],
                "permissions": [("agree_removal", "Can agree to a removal")],
                "default_permissions": ("view",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="seal",
            name="a_seal_seals_one_thing",
        ),
        migrations.AddField(
            model_name="article",
            name="expire_reason",
            field=models.CharField(
                blank=True,
                help_text="Shown to readers at the story's address once it has expired.",
                max_length=300,
                verbose_name="why it expires",
            ),
        ),
        migrations.AddField(
            model_name="removal",
            name="agreed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="removal",
            name="article",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="removals",
                to="articles.article",
            ),
        ),
        migrations.AddField(
            model_name="removal",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="removal",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withholdings",
                to="articles.version",
            ),
        ),
        migrations.AddField(
            model_name="seal",
            name="removal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="seal",
                to="articles.removal",
            ),
        ),
        AddConstraintNotValid(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("correction__isnull", True),
                        ("removal__isnull", True),
                        ("version__isnull", False),
                    ),
                    models.Q(
                        ("correction__isnull", False),
                        ("removal__isnull", True),
                        ("version__isnull", True),
                    ),
                    models.Q(
                        ("correction__isnull", True),
                        ("removal__isnull", False),
                        ("version__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_seal_seals_one_thing",
            ),
        ),
        migrations.AddField(
            model_name="removalrequest",
            name="article",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="removal_requests",
                to="articles.article",
            ),
        ),
        migrations.AddField(
            model_name="removalrequest",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="removalrequest",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="removalrequest",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.version",
            ),
        ),
        migrations.AddConstraint(
            model_name="removal",
            constraint=models.UniqueConstraint(
                fields=("article", "number"), name="removal_number_in_story"
            ),
        ),
        migrations.AddConstraint(
            model_name="removal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "returned"),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("ground", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_removal_has_its_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="removal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by__isnull", True),
                    models.Q(
                        ("asked_by__isnull", False),
                        models.Q(("asked_by", models.F("agreed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_second_person_agrees",
            ),
        ),
        migrations.AddConstraint(
            model_name="removal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ("withheld", "lifted")),
                        ("version__isnull", False),
                        ("agreed_by__isnull", False),
                    ),
                    models.Q(
                        models.Q(("kind__in", ("withheld", "lifted")), _negated=True),
                        ("version__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="two_people_withhold_a_version",
            ),
        ),
        migrations.AddIndex(
            model_name="removalrequest",
            index=models.Index(fields=["state", "-id"], name="requests_by_state"),
        ),
        ValidateConstraint(model_name="seal", name="a_seal_seals_one_thing"),
        append_only("articles_removal"),
        migrations.RunSQL(TRIGGER, UNDO),
    ]
