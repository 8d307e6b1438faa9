"""Signing up to newsletters: an address is asked to confirm, and one click ends it.

Nothing but the question goes to an address before its owner confirmed (double opt-in). Whoever
asks for a known address sees the same page and causes one mail, as for a new one: it is not told
who gets what.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Max, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles.addresses import absolute
from campaigns.models import Donation
from newsroom.letters import consent
from newsroom.letters.models import (
    Newsletter,
    Recipient,
    Standing,
    Subscriber,
    Subscription,
    Why,
)
from newsroom.letters.models.subscribers import new_token
from newsroom.mail import holds, outbox
from newsroom.mail.addresses import normal, provider_of
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader

TO_CONFIRM: Final = "letters to confirm"
# How long an address that does not confirm is remembered.
UNCONFIRMED_FOR: Final = timedelta(days=7)
TO_STAY: Final = "letters to stay"
# No open is counted, so nobody is dropped for not opening: after a year one question is asked.
HEARD_WITHIN: Final = timedelta(days=365)
STAY_DAYS: Final = 30
# CASL s. 11 (3) wants an unsubscribe to work for 60 days after the mail; ours does until then
# after the last letter could have been sent.
ENDED_KEPT: Final = timedelta(days=90)


class SignUpRefused(Exception):
    """The form cannot be taken; `field` names what to change, the text is for the reader."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def open_newsletters(language: str | None = None) -> list[Newsletter]:
    """What readers may sign up to, by name; those of `language` where it is given."""
    found = Newsletter.objects.filter(open=True).order_by("name")
    return list(found.filter(language=language) if language else found)


def ask(
    email: str,
    newsletters: Sequence[Newsletter],
    source: str,
    moment: datetime,
    *,
    language: str = "en",
    reader: Reader | None = None,
) -> Subscriber:
    """Sign `email` up to these once it has confirmed, or at once when it is `reader`'s own proven
    address. Raises SignUpRefused.

    Who gets all of them already is sent the way to their own page, so that a stranger learns
    nothing and its owner is not left waiting.
    """
    email = normal(email)
    if not email:
        raise SignUpRefused("email", _("Enter the address that we shall write to."))
    if not outbox.can_be_written_to(email):
        raise SignUpRefused("email", _("This does not look like an e-mail address."))
    if not newsletters:
        raise SignUpRefused("letters", _("Choose at least one letter."))
    proven = reader is not None and email in {normal(a) for a in proven_addresses(reader)}
    with transaction.atomic():
        subscriber = _subscriber(email, language)
        token = new_token()
        words = consent.wording(newsletters, language)
        known = {each.newsletter_id: each for each in subscriber.subscriptions.all()}
        for newsletter in newsletters:
            there = known.get(newsletter.pk)
            if there is not None and there.standing == Standing.ACTIVE:
                continue
            there = there or Subscription(subscriber=subscriber, newsletter=newsletter)
            there.standing, there.asked_at, there.asked_token = Standing.ASKED, moment, token
            there.source, there.wording, there.ended_at = source, words, None
            there.save()
        if proven:
            confirm(token, moment)
        else:
            _owe_question(subscriber, newsletters, token)
    return subscriber


def asked_for(token: str) -> list[Subscription]:
    """What the link of a confirming mail is about: asked or active; none when it is used up."""
    if not token:
        return []
    found = Subscription.objects.filter(asked_token=token).exclude(standing=Standing.ENDED)
    return list(found.select_related("subscriber", "newsletter").order_by("newsletter__name"))


def confirm(token: str, moment: datetime) -> list[Subscription]:
    """The mailbox's owner wants them; asked again, nothing changes. None for a link that is used
    up (they were ended since, or it was never used in time)."""
    with transaction.atomic():
        found = asked_for(token)
        if not found:
            return []
        # One at a time for each address.
        subscriber = Subscriber.objects.select_for_update().get(pk=found[0].subscriber_id)
        fresh = list(
            Subscription.objects.filter(asked_token=token, standing=Standing.ASKED).select_related(
                "newsletter"
            )
        )
        for each in fresh:
            each.standing, each.confirmed_at, each.consent_until = Standing.ACTIVE, moment, None
            each.save(update_fields=["standing", "confirmed_at", "consent_until"])
            consent.give(subscriber.email, each.newsletter, each.source, moment, words=each.wording)
        if fresh:
            consent.unsuppress(subscriber.email, [each.newsletter for each in fresh])
            holds.lift(subscriber.email)
            subscriber.confirmed_at = subscriber.confirmed_at or moment
            subscriber.heard_at, subscriber.asked_to_stay_at = moment, None
            subscriber.save(update_fields=["confirmed_at", "heard_at", "asked_to_stay_at"])
    return asked_for(token)


def by_token(token: str) -> Subscriber | None:
    """Whose own page it is; None when there is nobody (any more)."""
    return Subscriber.objects.filter(token=token).first()


def subscription_by(token: str) -> Subscription | None:
    """What a letter's own unsubscribe link is about."""
    found = Subscription.objects.select_related("subscriber", "newsletter")
    return found.filter(token=token).first()


def choices_of(subscriber: Subscriber) -> list[tuple[Newsletter, bool]]:
    """Each newsletter that is open, or that this reader gets, and whether they get it."""
    active = set(
        subscriber.subscriptions.filter(standing=Standing.ACTIVE).values_list(
            "newsletter", flat=True
        )
    )
    found = Newsletter.objects.filter(Q(open=True) | Q(pk__in=active)).order_by("language", "name")
    return [(each, each.pk in active) for each in found]


def choose(
    subscriber: Subscriber, wanted: Iterable[int], moment: datetime, source: str = "preferences"
) -> None:
    """On their own page a reader says which newsletters they get: those, and no other."""
    wanted = set(wanted)
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        for newsletter, gets in choices_of(subscriber):
            if gets and newsletter.pk not in wanted:
                _end(subscriber, newsletter, source, moment)
            elif not gets and newsletter.pk in wanted and newsletter.open:
                _begin(subscriber, newsletter, source, moment)
        subscriber.heard_at, subscriber.asked_to_stay_at = moment, None
        subscriber.confirmed_at = subscriber.confirmed_at or moment
        subscriber.save(update_fields=["heard_at", "asked_to_stay_at", "confirmed_at"])


def set_zone(subscriber: Subscriber, zone: str) -> bool:
    """In whose hours no letter comes at night; empty for the newsroom's. False for no zone."""
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return False
    Subscriber.objects.filter(pk=subscriber.pk).update(zone=zone[:64])
    return True


def unsubscribe(
    token: str, moment: datetime, source: str = "letter", why: str = Why.UNSUBSCRIBED
) -> bool:
    """End the newsletter whose letter held this token, at once; a second time it says the same.
    False when nobody had it."""
    found = subscription_by(token)
    if found is None:
        return False
    with transaction.atomic():
        Subscriber.objects.select_for_update().get(pk=found.subscriber_id)
        _end(found.subscriber, found.newsletter, source, moment, why)
    return True


def unsubscribe_all(subscriber: Subscriber, moment: datetime, source: str, why: str) -> int:
    """End every newsletter, and keep the address off all of them; how many it got."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        ended = 0
        for each in subscriber.subscriptions.select_related("newsletter"):
            ended += _end(subscriber, each.newsletter, source, moment, why)
        consent.suppress_all(subscriber.email, why, moment)
    return ended


def stay(subscriber: Subscriber, moment: datetime) -> None:
    """A reader of long ago says that they still want the letters."""
    Subscriber.objects.filter(pk=subscriber.pk).update(heard_at=moment, asked_to_stay_at=None)


def letters_shown(reader: Reader) -> list[tuple[str, str, list[str]]]:
    """For the account: each proven address that letters go to, its own page, their names."""
    with_active = Prefetch(
        "subscriptions",
        Subscription.objects.filter(standing=Standing.ACTIVE).select_related("newsletter"),
        to_attr="active",
    )
    addresses = [normal(each) for each in proven_addresses(reader)]
    found = Subscriber.objects.filter(email__in=addresses).prefetch_related(with_active)
    return [
        (
            each.email,
            reverse("letters_mine", args=[each.token]),
            sorted(one.newsletter.name for one in each.active),  # type: ignore[attr-defined]
        )
        for each in found.order_by("pk")
    ]


def erase_address(email: str, moment: datetime) -> int:
    """Forget that this address gets letters, and keep it off all of them by its hash; how many it
    got. What it agreed to stays, without the address."""
    found = Subscriber.objects.filter(email__iexact=normal(email)).first()
    holds.forget(email)
    if found is None:
        return 0
    with transaction.atomic():
        ended = unsubscribe_all(found, moment, "account", Why.BY_STAFF)
        outbox.forget(outbox.mails_to(found.email, [TO_CONFIRM, TO_STAY]))
        found.delete()
    return ended


def tend(now: datetime) -> int:
    """Forget addresses that never confirmed, and those whose last newsletter ended long ago; how
    many. Their hash stays on the suppression list."""
    never = Subscriber.objects.filter(confirmed_at=None, created_at__lt=now - UNCONFIRMED_FOR)
    never = never.exclude(subscriptions__asked_at__gte=now - UNCONFIRMED_FOR)
    stale = Subscription.objects.filter(standing=Standing.ASKED, asked_at__lt=now - UNCONFIRMED_FOR)
    forgotten = 0
    for subscriber in never.exclude(subscriptions__standing=Standing.ACTIVE)[:5_000]:
        outbox.forget(outbox.mails_to(subscriber.email, [TO_CONFIRM]))
        subscriber.delete()
        forgotten += 1
    stale.delete()
    gone = Subscriber.objects.filter(confirmed_at__lt=now - ENDED_KEPT).exclude(
        Q(subscriptions__standing__in=[Standing.ACTIVE, Standing.ASKED])
        | Q(subscriptions__ended_at__gte=now - ENDED_KEPT)
    )
    for subscriber in gone[:5_000]:
        subscriber.delete()
        forgotten += 1
    return forgotten


def ask_to_stay(now: datetime) -> int:
    """Ask those we have not heard of for a year, once, whether the letters are welcome; end the
    letters of who was asked 30 days ago and said nothing. How many were asked."""
    silent = Q(subscriptions__standing=Standing.ACTIVE, heard_at__lt=now - HEARD_WITHIN)
    asked = 0
    for subscriber in Subscriber.objects.filter(silent, asked_to_stay_at=None).distinct()[:2_000]:
        if _was_here(subscriber, now):
            continue
        with transaction.atomic():
            subscriber.asked_to_stay_at = now
            subscriber.save(update_fields=["asked_to_stay_at"])
            mine = link("letters_mine", subscriber.token, subscriber.language)
            key = f"letters-stay:{subscriber.pk}:{now:%Y}"
            context = {"mine_url": mine, "days": STAY_DAYS}
            outbox.owe(TO_STAY, key, subscriber.email, "letters_stay", context, subscriber.language)
            asked += 1
    unanswered = Subscriber.objects.filter(asked_to_stay_at__lt=now - timedelta(days=STAY_DAYS))
    for subscriber in unanswered.filter(subscriptions__standing=Standing.ACTIVE).distinct()[:2_000]:
        if not _was_here(subscriber, now):
            choose(subscriber, [], now, "silence")
    return asked


def _was_here(subscriber: Subscriber, now: datetime) -> bool:
    """Whether they signed in or gave within the year: then that is when we last heard of them."""
    signed_in = Reader.objects.filter(email__iexact=subscriber.email).aggregate(
        last=Max("last_login")
    )["last"]
    gave = Donation.objects.filter(donor__email__iexact=subscriber.email).aggregate(
        last=Max("received_at")
    )["last"]
    last = max((each for each in (signed_in, gave) if each), default=None)
    if last is None or last < now - HEARD_WITHIN:
        return False
    stay(subscriber, last)
    return True


def link(name: str, token: str, language: str) -> str:
    """The address of a reader's own page, in their language."""
    with override(language):
        return absolute(reverse(name, args=[token]))


def _subscriber(email: str, language: str) -> Subscriber:
    subscriber, _made = Subscriber.objects.get_or_create(
        email=email, defaults={"language": language, "provider": provider_of(email)}
    )
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)


def _begin(subscriber: Subscriber, newsletter: Newsletter, source: str, moment: datetime) -> None:
    words = consent.wording([newsletter], subscriber.language)
    Subscription.objects.update_or_create(
        subscriber=subscriber,
        newsletter=newsletter,
        defaults={
            "standing": Standing.ACTIVE,
            "source": source,
            "wording": words,
            "asked_at": moment,
            "confirmed_at": moment,
            "consent_until": None,
            "ended_at": None,
            "asked_token": "",
        },
    )
    consent.give(subscriber.email, newsletter, source, moment, words=words)
    consent.unsuppress(subscriber.email, [newsletter])


def _end(
    subscriber: Subscriber,
    newsletter: Newsletter,
    source: str,
    moment: datetime,
    why: str = Why.UNSUBSCRIBED,
) -> bool:
    """Whether it was active until now."""
    found = Subscription.objects.filter(subscriber=subscriber, newsletter=newsletter)
    was_active = found.filter(standing=Standing.ACTIVE).exists()
    ended = found.exclude(standing=Standing.ENDED).update(
        standing=Standing.ENDED, ended_at=moment, asked_token=""
    )
    if ended:
        consent.withdraw(subscriber.email, newsletter, source, moment, why)
        # The last letter it got is what it ended by.
        last = (
            Recipient.objects.filter(
                subscriber=subscriber, letter__newsletter=newsletter, sent_at__isnull=False
            )
            .order_by("-sent_at")
            .values("pk")[:1]
        )
        field = "complained_at" if why == Why.COMPLAINT else "unsubscribed_at"
        Recipient.objects.filter(pk__in=list(last.values_list("pk", flat=True))).update(
            **{field: moment}
        )
    return was_active


def _owe_question(subscriber: Subscriber, newsletters: Sequence[Newsletter], token: str) -> None:
    waiting = Subscription.objects.filter(asked_token=token, standing=Standing.ASKED)
    wanted = [each.newsletter for each in waiting.select_related("newsletter")]
    outbox.owe(
        TO_CONFIRM,
        f"letters-confirm:{token}",
        subscriber.email,
        "letters_confirm",
        {
            "newsletters": wanted,
            "known": not wanted,
            "confirm_url": link("letters_confirm", token, subscriber.language),
            "mine_url": link("letters_mine", subscriber.token, subscriber.language),
            "days": UNCONFIRMED_FOR.days,
        },
        subscriber.language,
    )
