"""What the demo's editor looked at of the translations: one entry was taken over into French,
another still waits, so that the desk has one to show."""

from typing import Final

from articles.models import Article
from articles.translations import looked, open_looks
from newsroom.demo.build.calendar import Calendar
from newsroom.readers.models import Reader

# The French story, and the kind of the English story's entry that still waits.
LEFT: Final = ("route-dhiver-fermee-avant-le-carburant", "clarification")


def look_at_some(articles: dict[str, int], editor: Reader, calendar: Calendar) -> None:
    """Of what was owed before the demo was built, all but that one was looked at when it came."""
    slug, kind = LEFT
    left = Article.objects.get(pk=articles[slug])
    for look in open_looks().filter(owed_at__lt=calendar.moment(0, 0)):
        if look.article_id != left.pk or look.correction.kind != kind:
            looked(look, editor, look.owed_at)
