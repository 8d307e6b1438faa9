"""The database's own guard: words of a live story change only with a version of it.

At the end of each transaction triggers ask whether the story whose words changed was witnessed
in it: by a new version (a trigger on the versions says so), or by `witnessed`, when the rule found
that a reader sees no difference. So `.update()`, raw SQL, `loaddata` and a person renamed by hand
are refused like everything else. docs/decisions/0004-where-the-guard-sits.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from articles.going_public import Refused

# What the triggers' refusal calls itself.
CONSTRAINT: Final = "published_words"
REMOVALS: Final = "silent_removal"


def witnessed(article: int) -> None:
    """Tell the database, for this transaction, that the story's words were judged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT waylight_witness(%s)", [article])


def check_now() -> None:
    """Have the database look now rather than when the transaction ends. Raises `Refused`."""
    with refusals(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refusals() -> Iterator[None]:
    """Turns the database's refusal into a sentence for the editor."""
    try:
        yield
    except DatabaseError as error:
        if refusal := as_refusal(error):
            raise refusal from error
        raise


def picture_keeps_its_file() -> str:
    """What whoever replaces a picture's file is told."""
    return _(
        "A picture keeps its file, since stories and their history show it. Upload the other one "
        "as a new picture and put it into the story."
    )


def as_refusal(error: BaseException) -> Refused | None:
    """The sentence for an error of the database, None when it is about something else."""
    told: Any = getattr(error.__cause__, "diag", None)
    if told is None:
        return None
    if told.constraint_name == REMOVALS:
        return Refused(
            _(
                "A public story would have gone from readers, or come back, without a word about "
                "it. Remove it from the site on the story's own form, which asks why."
            )
        )
    if told.constraint_name != CONSTRAINT:
        return None
    match told.table_name:
        case "wagtailimages_image":
            return Refused(picture_keeps_its_file())
        case "articles_address":
            return Refused(_("An address that a story once had stays its own for ever."))
    return Refused(
        _(
            "Words that readers see would have changed without a word about it. Publish the "
            "change on the story's own form, which asks what was wrong and what is right."
        )
    )
