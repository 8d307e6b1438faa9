"""A month of gifts to the demo's campaign: planned, made, and in the books."""

from typing import Final

from newsroom.demo.build.bank import bring_in_statement, give_from_bank
from newsroom.demo.build.books import Books
from newsroom.demo.build.campaign import DAYS_OLD
from newsroom.demo.build.cashier import Cashier
from newsroom.demo.build.cheque import enter_cheque
from newsroom.demo.build.corrections import first_published
from newsroom.demo.build.gifts import Giving
from newsroom.demo.build.giving_plan import Gift, Told, plan
from newsroom.demo.build.loads import load_pages
from newsroom.demo.build.newsroom import Newsroom
from newsroom.demo.build.regulars import give_regularly
from newsroom.demo.build.showing import Showing
from newsroom.demo.build.tax_receipts import say_who_issues

# So many of the last gifts are given while the site is looked at.
LIVE: Final = 20


def give(
    newsroom: Newsroom, showing: Showing, *, count: int, seed: int, trickle_seconds: float
) -> None:
    """Make what is missing of `count` gifts; the last ones over `trickle_seconds`, or in the past
    like the others when that is 0. Returns when all are in the books. Raises `CannotBuild`."""
    say_who_issues(newsroom.content.newsroom, newsroom.staff)
    enter_cheque(newsroom.campaign, newsroom.calendar, newsroom.staff)
    if count:
        give_regularly(newsroom.calendar)
    gifts = _planned(newsroom, count, seed)
    giving = Giving(newsroom.campaign, gifts, newsroom.articles, newsroom.staff)
    if not giving.owed():
        return
    live = _live(gifts) if trickle_seconds > 0 else []
    past = [gift for gift in gifts if gift not in live]
    paid = [gift.form for gift in gifts if gift.is_paid]
    made = showing.part("Gifts made", len(gifts))
    books = Books(newsroom.campaign, paid, showing.part("Gifts in the books", len(paid)))

    def step() -> None:
        made.step()
        books.glance()

    load_pages(newsroom.campaign, newsroom.calendar, newsroom.articles, told_of(newsroom), gifts)
    with Cashier() as cashier:
        giving.make_past(past, cashier, step)
        give_from_bank(newsroom.campaign, newsroom.calendar, cashier)
        giving.make_now(live, cashier, trickle_seconds, step, books.work)
        books.close()
    bring_in_statement(newsroom.staff, newsroom.campaign.currency)


def _planned(newsroom: Newsroom, count: int, seed: int) -> list[Gift]:
    told, donors = told_of(newsroom), newsroom.content.donors
    return plan(count, seed, newsroom.calendar, DAYS_OLD, told, donors)


def told_of(newsroom: Newsroom) -> list[Told]:
    calendar = newsroom.calendar
    return [
        Told(story.slug, first_published(story, calendar)) for story in newsroom.content.stories
    ]


def _live(gifts: list[Gift]) -> list[Gift]:
    paid = [gift for gift in gifts if gift.ending == "paid"]
    return paid[len(paid) - min(LIVE, len(gifts) // 10) :]
