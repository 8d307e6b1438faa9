"""An attack of card testers on the running newsroom, with donors in between."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from campaigns import tries
from campaigns.models import Campaign, Donation, DonationState, GiveHour
from tests.campaigns_made import a_campaign
from tests.giving import proving
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

TRIES, DONORS, ADDRESSES = 5_000, 50, 100
# Some of the thieves let their programs work, so much for each of their addresses.
WORKERS, HASHES = 4, 30_000
DECLINED = ["4000000000000002", "4000000000009995"]
# As the site is set up when nobody says otherwise, but for the work, which Python does slowly.
ON_GUARD = {
    "WAYLIGHT_BEHIND_PROXY": "true",
    "WAYLIGHT_GIVE_FREE_TRIES": "5",
    "WAYLIGHT_GIVE_USUAL": "10",
    "WAYLIGHT_GIVE_WORK": "500",
    "WAYLIGHT_DECLINES_PER_CARD": "3",
}


@pytest.fixture
def guarded(stack_db: Stack) -> Iterator[Stack]:
    """The stack with the limits that a real site has."""
    before = dict(stack_db.env)
    restart(stack_db, before | ON_GUARD)
    cache.clear()
    yield stack_db
    cache.clear()
    restart(stack_db, before)


def restart(stack: Stack, env: dict[str, str]) -> None:
    stack.env = env
    stack.stop_one("site")
    stack.kill_worker()
    stack.start_site()
    stack.start_worker()


class Visitor:
    """Somebody at the give form, from one address."""

    def __init__(self, stack: Stack, campaign: Campaign, address: str) -> None:
        self.stack, self.campaign, self.address = stack, campaign, address
        self.hashes = 0

    def send(self, **fields: str) -> requests.Response:
        return requests.post(
            f"{self.stack.site_url}/give/{self.campaign.slug}/start/",
            data={"amount": "2500", "form": str(uuid.uuid4()), **fields},
            headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": self.address},
            allow_redirects=False,
            timeout=60,
        )

    def send_and_work(self, most: int) -> requests.Response:
        """As a browser does: when work is asked for, do it (at most so many hashes) and go on."""
        answer = self.send()
        if answer.status_code == 429:
            challenge = proving.asked(answer.text)
            solved = proving.solve(challenge, most)
            self.hashes += min(most, int(challenge["most"]))
            if solved:
                return self.send(**proving.fields(answer.text) | {"altcha": solved})
        return answer

    def try_cards(self, answer: requests.Response) -> None:
        """Thieves at an open Checkout: card after card, until it is closed."""
        gift = Donation.objects.get(checkout_url=answer.headers["Location"])
        for number in range(8):
            acts.pay(self.stack, gift, card=DECLINED[number % 2])


def test_thieves_get_next_to_nothing_and_every_donor_gives(guarded: Stack) -> None:
    campaign = a_campaign(goal=1_000_000)
    chance = random.Random(26)
    thieves = [Visitor(guarded, campaign, f"203.0.113.{n}") for n in range(ADDRESSES)]
    # The last donors share the thieves' addresses.
    donors = [
        Visitor(guarded, campaign, f"198.51.100.{n}" if n < 40 else f"203.0.113.{n}")
        for n in range(DONORS)
    ]
    acts_of_thieves = [thieves[n % ADDRESSES] for n in range(TRIES)]
    order: list[tuple[bool, Visitor]] = [(False, each) for each in acts_of_thieves]
    for donor in donors:
        order.insert(chance.randrange(len(order)), (True, donor))

    def play(turn: tuple[bool, Visitor]) -> tuple[bool, int]:
        gives, who = turn
        if gives:
            answer = who.send_and_work(10**9)
            if answer.status_code == 303:
                gift = Donation.objects.get(checkout_url=answer.headers["Location"])
                assert acts.pay(guarded, gift).status_code == 200
            return True, answer.status_code
        clever = who in thieves[:WORKERS] and who.hashes < HASHES
        answer = who.send_and_work(HASHES - who.hashes) if clever else who.send()
        if answer.status_code == 303:
            who.try_cards(answer)
        return False, answer.status_code

    def play_alone(turn: tuple[bool, Visitor]) -> tuple[bool, int]:
        try:
            return play(turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        came = Counter(pool.map(play_alone, order))

    assert came[True, 303] == DONORS, came
    assert came[False, 303] < TRIES / 100, came
    assert sum(number for (gives, _), number in came.items() if not gives) == TRIES
    acts.wait_for_raised(campaign, DONORS * 2500)
    acts.wait_for_quiet_inbox()
    gifts = Donation.objects.filter(campaign=campaign)
    assert gifts.filter(state=DonationState.RECEIVED).count() == DONORS
    wait_until(
        lambda: not gifts.filter(state__in=["started", "failed"]).exists(),
        acts.PATIENCE,
        "every Checkout with declined cards is closed",
    )
    tries.write_down(timezone.now())
    shown = GiveHour.objects.filter(campaign=campaign)
    assert sum(row.opened for row in shown) == gifts.count()
    assert sum(row.asked for row in shown) > TRIES / 2
    assert sum(row.closed for row in shown) > 0
