"""“Tell us what you know”: taken in confidence, sealed, read by the story's own people, destroyed.

The seal is Fernet (https://cryptography.io/en/latest/fernet/) with keys from the environment, so
that a copy of the database alone tells nothing. What it does not guard against (a watched network,
a seized server) the page says itself: Signal or the post is safer.
"""

from datetime import date, timedelta
from functools import cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from articles.comments import tidied
from articles.models import Article, Tip
from newsroom.audit import log
from newsroom.readers.models import Reader

SHORTEST: Final = 10
LONGEST: Final = 8000
MAY: Final = "articles.view_tip"


class TipRefused(Exception):
    """The text is the sentence for whoever wrote it."""


class Unreadable(Exception):
    """It was sealed with a key that this machine does not have."""


def take(article: Article, words: str, contact: str, today: date) -> Tip:
    """Seal what somebody knows, with how to reach them if they said so. Raises TipRefused."""
    words, contact = tidied(words), " ".join(tidied(contact).split())
    if len(words) < SHORTEST:
        raise TipRefused(_("Please tell us a little more."))
    if len(words) > LONGEST or len(contact) > 300:
        raise TipRefused(
            _("This is too long: please keep it to %(most)d characters.") % {"most": LONGEST}
        )
    # So long that the seal's length does not tell the words' length.
    text = f"{contact}\n{words}".encode()
    sealed = _seal().encrypt(text.ljust(-(-len(text) // 1024) * 1024))
    return Tip.objects.create(
        article=article,
        sealed=sealed,
        arrived_on=today,
        destroy_on=today + timedelta(days=settings.TIP_DAYS),
    )


def tips_for(reader: Reader) -> QuerySet[Tip]:
    """Those that the reader may open: an editor all, a reporter those of their own stories."""
    if reader.has_perm(MAY):
        return Tip.objects.all()
    own = Q(article__bylines__person__reader=reader) | Q(article__owner=reader)
    return Tip.objects.filter(own).distinct() if reader.is_staff else Tip.objects.none()


def open_tip(tip: Tip, by: Reader) -> tuple[str, str]:
    """How to reach who wrote it (empty when they did not say), and the words; each reading is in
    the audit log. Raises Unreadable."""
    try:
        text = _seal().decrypt(bytes(tip.sealed)).decode().rstrip()
    except InvalidToken:
        raise Unreadable(
            _("It was sealed with another key than this machine has (WAYLIGHT_TIP_KEYS).")
        ) from None
    with transaction.atomic():
        log.record(by, "read tip", tip, "Read a confidential tip", article=tip.article_id)
        Tip.objects.filter(pk=tip.pk).update(read=True)
    contact, _line, words = text.partition("\n")
    return contact, words


def destroy(tip: Tip, by: Reader) -> None:
    """Before its day, by one of those who may read it; logged."""
    with transaction.atomic():
        log.record(by, "destroyed tip", tip, "Destroyed a confidential tip", article=tip.article_id)
        Tip.objects.filter(pk=tip.pk).delete()


def destroy_what_is_due(today: date) -> int:
    return Tip.objects.filter(destroy_on__lte=today).delete()[0]


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.encode()) for key in keys])


def _seal() -> MultiFernet:
    """The first key seals, each of them opens: so that one can be replaced."""
    return _fernet(tuple(settings.TIP_KEYS))
