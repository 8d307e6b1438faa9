"""Counting what is tried at the give form and what came of it: by address, card, mailbox, campaign.

All of it is in Redis and forgotten after a day; addresses and mailboxes only as keyed hashes. When
Redis is away nothing is counted and nobody is held back. What staff see later is kept hour by hour
in `GiveHour`.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from campaigns import gateway
from campaigns.debits import METHODS
from campaigns.defence import LEAST_USUAL, Seen
from campaigns.models import Campaign, Donation, DonationState, GiveHour
from newsroom.edge.proof import first_use
from newsroom.edge.rates import count, counted

log = logging.getLogger(__name__)

WINDOW = "10 minutes"
DAY = "1 day"
REMEMBERED = timedelta(days=2)
LEARNT_FROM = timedelta(weeks=4)
USUAL = "give-usual"
# Of an hour's Checkouts, how many may fall into its busiest ten minutes.
BUSIEST_SHARE = 2


def seen_now(address: str) -> Seen:
    """Count one form from `address` and say what is known at this moment."""
    who = mark(address)
    return _seen(
        tries=count("give", WINDOW, who),
        tries_of_all=count("give", WINDOW, "all"),
        declines=counted("declined", DAY, who),
    )


def seen_by_all() -> Seen:
    """The same of everybody, without one more."""
    return _seen(tries_of_all=counted("give", WINDOW, "all"))


def _seen(*, tries_of_all: int, tries: int = 0, declines: int = 0) -> Seen:
    return Seen(
        tries=tries,
        tries_of_all=tries_of_all,
        declines=declines,
        declines_of_all=counted("declined", WINDOW, "all"),
        usual=usual(),
    )


def mark(whom: str) -> str:
    """An address or a mailbox as it is kept here: nobody can read it back."""
    return salted_hmac("campaigns.tries", whom.strip().lower(), algorithm="sha256").hexdigest()[:24]


def remember(donation: Donation, address: str) -> None:
    """So that what is declined at its Checkout counts against where it came from."""
    try:
        cache.set(_from(donation), mark(address), int(REMEMBERED.total_seconds()))
    except RedisError:
        log.warning("where a donation came from is not remembered: Redis is away")


def close_after_declines(facts: gateway.PaymentFacts, donation: Donation | None) -> None:
    """Count the declines that nobody counted yet, and close a Checkout where cards are tried out.

    Raises gateway.GatewayError when Stripe cannot be asked to; the next look closes it.
    """
    failed = [
        charge
        for charge in facts.charges
        if charge.status == "failed" and charge.method not in METHODS
    ]
    # Nobody tries out cards by a renewal or by a bank account, and many of them fail at one time.
    renews = facts.invoice is not None and not facts.invoice.first
    if not failed or renews or donation is None:
        return
    worst = max(_declines_of(charge, donation) for charge in failed)
    open_still = donation.checkout_session and donation.state in (
        DonationState.STARTED,
        DonationState.FAILED,
    )
    tried_out = len(failed) >= settings.DECLINES_PER_CHECKOUT or worst >= settings.DECLINES_PER_CARD
    if open_still and tried_out:
        # Before it is noted: where Stripe does not answer, the next look closes it.
        gateway.expire_checkout(str(donation.checkout_session))
        if first_use(f"closed:{donation.checkout_session}", REMEMBERED):
            note(donation.campaign_id, "closed")
            log.info("checkout of donation %s closed after declines", donation.pk)


def _declines_of(charge: gateway.Charge, donation: Donation) -> int:
    """How often its card or mailbox was declined within a day, this charge included once."""
    if not first_use(f"declined:{charge.id}", REMEMBERED):
        return max(
            counted("declined-card", DAY, charge.fingerprint) if charge.fingerprint else 0,
            counted("declined-mailbox", DAY, mark(charge.email)) if charge.email else 0,
        )
    note(donation.campaign_id, "declined")
    count("declined", WINDOW, "all")
    try:
        came_from = cache.get(_from(donation))
    except RedisError:
        came_from = None
    if came_from:
        count("declined", DAY, came_from)
    return max(
        count("declined-card", DAY, charge.fingerprint) if charge.fingerprint else 0,
        count("declined-mailbox", DAY, mark(charge.email)) if charge.email else 0,
    )


def _from(donation: Donation) -> str:
    return f"give-from:{donation.attempt}"


# ------------------------------------------------------------------ hour by hour


def note(campaign_id: int, what: str) -> None:
    """One more of `what` (see `GiveHour.COUNTS`) in this hour."""
    key = _key(_hour(timezone.now()), campaign_id, what)
    try:
        cache.add(key, 0, 3 * 3600)
        cache.incr(key)
    except (RedisError, ValueError):
        log.warning("%s at the give form not counted", what)


def write_down(moment: datetime) -> None:
    """Bring the rows of this hour and the one before up to what was counted; never lower them."""
    campaigns = list(Campaign.objects.values_list("pk", flat=True))
    for hour in (_hour(moment) - timedelta(hours=1), _hour(moment)):
        keys = {_key(hour, pk, what): (pk, what) for pk in campaigns for what in GiveHour.COUNTS}
        rows: dict[int, dict[str, int]] = {}
        for key, number in cache.get_many(keys).items():
            pk, what = keys[key]
            rows.setdefault(pk, {})[what] = number
        for pk, counts in rows.items():
            _raise_row(hour, pk, counts)
    cache.set(USUAL, learn_usual(moment), 24 * 3600)


def _raise_row(hour: datetime, campaign_id: int, counts: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_givehour AS kept
                (campaign_id, hour, tries, asked, proved, small, opened, declined, closed)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (hour, campaign_id) DO UPDATE SET
                tries = GREATEST(kept.tries, EXCLUDED.tries),
                asked = GREATEST(kept.asked, EXCLUDED.asked),
                proved = GREATEST(kept.proved, EXCLUDED.proved),
                small = GREATEST(kept.small, EXCLUDED.small),
                opened = GREATEST(kept.opened, EXCLUDED.opened),
                declined = GREATEST(kept.declined, EXCLUDED.declined),
                closed = GREATEST(kept.closed, EXCLUDED.closed)
            """,
            [campaign_id, hour, *(counts.get(what, 0) for what in GiveHour.COUNTS)],
        )


def learn_usual(moment: datetime) -> int:
    """The tries of the busiest ten minutes of the last four weeks, from the Checkouts that were
    opened: during an attack few are."""
    hours = GiveHour.objects.filter(hour__gte=moment - LEARNT_FROM)
    most = hours.values("hour").annotate(most=Max("opened")).order_by("-most").first()
    return max(LEAST_USUAL, (most["most"] if most else 0) // BUSIEST_SHARE)


def usual() -> int:
    """As learnt last; what a small newsroom expects until then, or what the setting says."""
    try:
        learnt = cache.get(USUAL) or 0
    except RedisError:
        learnt = 0
    return max(learnt, settings.GIVE_USUAL)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _key(hour: datetime, campaign_id: int, what: str) -> str:
    return f"give-hour:{hour:%Y%m%d%H}:{campaign_id}:{what}"
