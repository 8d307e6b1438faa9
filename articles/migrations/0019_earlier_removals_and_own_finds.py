"""Stories that were taken off the site before removals were recorded get a row that says so;
entries may say when the newsroom noticed the error; a story's comments may stay open.

The rows are written by a migration, not made up when a page is read: they are sealed, so that the
chain says from here on that these stories are not public. What was not recorded is not invented:
the moment is that of the page's own log, where it has one, else this migration's, and says so.
"""

import secrets
from datetime import UTC
from typing import Any, Final

from django.db import migrations, models
from django.utils import timezone, translation
from django.utils.translation import gettext

from articles.canonical import canonical, sha256

# As `articles/chain.py` has them, when this was written.
LOCK: Final = 0x57A7_1234_5EA1
START: Final = "0" * 64
LOGGED: Final = {"wagtail.unpublish": "unpublished", "wagtail.unpublish.scheduled": "expired"}


def hold_the_chain(apps: Any, schema_editor: Any) -> None:
    """Before any table is locked, as every publication does."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def record_earlier_removals(apps: Any, schema_editor: Any) -> None:
    """A row and a link for each story that was public, is not, and has no act that says why."""
    article, removal, log = (
        apps.get_model(*name)
        for name in (
            ("articles", "Article"),
            ("articles", "Removal"),
            ("wagtailcore", "PageLogEntry"),
        )
    )
    told = removal.objects.filter(version__isnull=True).values("article")
    gone = article.objects.filter(live=False, current_version__isnull=False).exclude(pk__in=told)
    for story in gone.select_related("locale").order_by("pk"):
        last = log.objects.filter(page=story.pk, action__in=LOGGED).order_by("-timestamp").first()
        row = removal.objects.create(
            article_id=story.pk,
            number=removal.objects.filter(article=story.pk).count() + 1,
            kind=LOGGED[last.action] if last else "unpublished",
            ground="other",
            reason=_reason(story.locale.language_code, known=bool(last)),
            happened_at=last.timestamp if last else timezone.now(),
            salt=secrets.token_hex(32),
        )
        row.refresh_from_db()
        _seal(apps, row)


def _reason(language: str, *, known: bool) -> str:
    with translation.override(language):
        said = gettext("It was taken off the site before we recorded why.")
        if not known:
            said += " " + gettext("When is not known: this is when it was written down.")
    return said


def _seal(apps: Any, row: Any) -> None:
    seal = apps.get_model("articles", "Seal")
    committed = sha256(
        row.salt,
        canonical(
            {
                "kind": "removal",
                "id": row.pk,
                "article": row.article_id,
                "number": row.number,
                "removal_kind": row.kind,
                "version": None,
                "ground": row.ground,
                "reason": row.reason,
                "happened_at": _moment(row.happened_at),
                "recorded_at": _moment(row.recorded_at),
                "agreed": False,
            }
        ),
    )
    site, story = (
        found.values_list(order, hashed).order_by(f"-{order}").first() or (0, START)
        for found, order, hashed in (
            (seal.objects.all(), "sequence", "site_hash"),
            (seal.objects.filter(article=row.article_id), "story_sequence", "story_hash"),
        )
    )
    sequence, story_sequence = site[0] + 1, story[0] + 1
    story_hash = sha256("story", story[1], str(row.article_id), str(story_sequence), committed)
    seal.objects.create(
        sequence=sequence,
        article_id=row.article_id,
        story_sequence=story_sequence,
        removal_id=row.pk,
        commitment=committed,
        story_hash=story_hash,
        site_hash=sha256("site", site[1], str(sequence), story_hash),
    )


def _moment(moment: Any) -> str:
    return str(moment.astimezone(UTC).isoformat(timespec="microseconds"))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0018_translations"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.RunPython(hold_the_chain, migrations.RunPython.noop),
        migrations.AddField(
            model_name="article",
            name="comments_stay_open",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Also after the days that the newsroom sets for all stories.",
                verbose_name="comments stay open",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="noticed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="noticed"),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(
                condition=models.Q(("noticed_at__isnull", False)),
                fields=["after"],
                name="entries_noticed_by_us",
            ),
        ),
        # What is on the record stays: going back drops no row.
        migrations.RunPython(record_earlier_removals, migrations.RunPython.noop),
    ]
