"""A person's name is words of every story that shows it: renaming goes on each story's record.

What was published keeps the name it had then; each live story gets a version with the new one, a
minor edit with the reason that was given. All of it in one transaction, or none.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from articles.chain import hold_the_chain
from articles.corrections import Record, set_pending
from articles.going_public import Publication, Refused
from articles.models import Article, Person
from articles.rescheduling import carried_over
from newsroom.readers.models import Reader


def shown_on(person: Person) -> int:
    """How many live stories carry the person's name."""
    return _stories(person).count()


def save_person(person: Person, *, by: Reader | None, reason: str = "") -> Person:
    """Save a person; a changed name of somebody named on live stories needs a `reason`.

    Raises Refused without one; then nothing is saved.
    """
    with transaction.atomic():
        # Before the row, as every publication does: two of them never wait for each other.
        hold_the_chain()
        before = Person.objects.select_for_update().filter(pk=person.pk).first()
        person.save()
        if before is None or before.name == person.name:
            return person
        stories = list(_stories(person).values_list("pk", flat=True))
        if stories and not reason.strip():
            raise Refused(
                _(
                    "%(name)s is named on published stories. Say why the name changes: readers "
                    "see the reason in each story's history."
                )
                % {"name": before.name}
            )
        for story in stories:
            article = Article.objects.get(pk=story)
            set_pending(article, Record(minor_reason=reason.strip()))
            article.publication = Publication(by=by)
            with carried_over(article):
                article.save()
    return person


def _stories(person: Person):  # type: ignore[no-untyped-def]
    return Article.objects.filter(live=True, bylines__person=person).distinct()
