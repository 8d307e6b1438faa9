"""Breaking news: for a while after a story was marked as developing, an update needs one line."""

from datetime import datetime, timedelta

from articles.models import Article


def one_line_until(article: Article, hours: int) -> datetime | None:
    """When one line stops being enough for an update of `article`; None when it never was.

    Counted from when the story was marked, or published if that was later: readers wait for news
    from then on. A story marked without the desk counts from its publication.
    """
    since = [each for each in (article.developing_since, article.first_published_at) if each]
    if not article.developing or not since:
        return None
    return max(since) + timedelta(hours=hours)


def needs_one_line(article: Article, moment: datetime, hours: int) -> bool:
    """Whether at `moment` (aware) “What is new” is enough for an update of `article`."""
    until = one_line_until(article, hours)
    return until is not None and moment < until


def mark(article: Article, moment: datetime) -> None:
    """Note since when the draft `article` (unsaved) is developing."""
    if not article.developing:
        article.developing_since = None
    elif article.developing_since is None:
        article.developing_since = moment
