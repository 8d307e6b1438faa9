"""The demo's campaigns: the general fund, one under way for a month, and one of last winter."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.template.loader import render_to_string

from campaigns.case import Case, MilestoneWish, store_case
from campaigns.models import Campaign, Match, Method, OfflineGift
from campaigns.offline import enter
from campaigns.planning import end_of, first_instant, store_campaign, store_match
from newsroom import founding
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.content import DemoContent
from newsroom.demo.content.shapes import Campaign as Appeal
from newsroom.readers.models import Reader

CURRENCY: Final = "cad"
DAYS_OLD: Final = 30
DAYS_LEFT: Final = 21
LARGEST_GIFT: Final = 2_500_000
MATCH_DAYS: Final = 6
WINTER_BEGAN: Final = 95
WINTER_ENDED: Final = 64


def calendar_of(content: DemoContent, now: datetime) -> Calendar:
    """The calendar of this demo: the campaign knows the day it was first built on."""
    zone = ZoneInfo(content.newsroom.time_zone)
    begun = Campaign.objects.filter(slug=content.campaign.slug).first()
    built_on = now.astimezone(zone).date()
    if begun:
        built_on = begun.starts_at.astimezone(zone).date() + timedelta(days=DAYS_OLD)
    return Calendar(built_on, zone, now)


def open_campaigns(content: DemoContent, calendar: Calendar, by: Reader) -> Campaign:
    """Make both where they are missing; gives back the one under way."""
    zone_name = content.newsroom.time_zone
    fund = content.default_campaign
    with transaction.atomic():
        general, made = founding.make_general_fund(
            moment=first_instant(calendar.day(365), calendar.zone),
            time_zone=zone_name,
            currency=CURRENCY,
            amounts=fund.presets,
            words=words_of(fund),
            by=by,
        )
        if made:
            _make_the_case(general, fund, by)
    appeal = content.campaign
    found = Campaign.objects.filter(slug=appeal.slug).first()
    if found:
        return found
    with transaction.atomic():
        campaign = Campaign(
            goal=appeal.goal or founding.GENERAL_FUND_GOAL,
            stretch_goal=appeal.stretch.amount if appeal.stretch else None,
            stretch_words=appeal.stretch.pays_for if appeal.stretch else "",
            currency=CURRENCY,
            starts_at=first_instant(calendar.day(DAYS_OLD), calendar.zone),
            ends_at=end_of(calendar.day(-DAYS_LEFT), calendar.zone),
            time_zone=zone_name,
            amounts=list(appeal.presets),
            maximum=LARGEST_GIFT,
            on_articles=True,
            **words_of(appeal),
        )
        store_campaign(campaign, by=by, moment=campaign.starts_at)
        _make_the_case(campaign, appeal, by)
    if promise := appeal.match:
        store_match(
            Match(
                campaign=campaign,
                sponsor=promise.sponsor,
                percent=promise.percent,
                cap=promise.cap,
                starts_at=first_instant(calendar.day(MATCH_DAYS), calendar.zone),
            ),
            by=by,
        )
    return campaign


def finish_one(content: DemoContent, calendar: Calendar, by: Reader) -> Campaign:
    """The campaign of last winter: its gifts came by cheque, its goal was reached, and its page
    shows what became of the money. Made where it is missing."""
    appeal = content.finished
    found = Campaign.objects.filter(slug=appeal.slug).first()
    if found:
        return found
    starts_at = first_instant(calendar.day(WINTER_BEGAN), calendar.zone)
    with transaction.atomic():
        campaign = Campaign(
            goal=appeal.goal,
            currency=CURRENCY,
            starts_at=starts_at,
            ends_at=end_of(calendar.day(WINTER_ENDED), calendar.zone),
            time_zone=content.newsroom.time_zone,
            amounts=list(appeal.presets),
            maximum=LARGEST_GIFT,
            outcome=_rich(appeal.outcome),
            **words_of(appeal),
        )
        store_campaign(campaign, by=by, moment=starts_at)
        _make_the_case(campaign, appeal, by)
        for cheque in appeal.cheques:
            gift = OfflineGift(
                campaign=campaign,
                amount=cheque.amount,
                method=Method.CHEQUE,
                received_on=calendar.day(cheque.days_ago),
                name=cheque.name,
            )
            enter(gift, by=by)
    return campaign


def _make_the_case(campaign: Campaign, appeal: Appeal, by: Reader) -> None:
    case = Case(
        [MilestoneWish(n, m.amount, m.pays_for) for n, m in enumerate(appeal.milestones)],
        [(line.amount, line.pays_for) for line in appeal.gift_lines],
        [(each.question, each.answer) for each in appeal.questions],
    )
    store_case(campaign, case, by=by)


def _rich(paragraphs: tuple[str, ...]) -> str:
    return render_to_string("demo/campaign_case.html", {"case": paragraphs}).strip()


def words_of(appeal: Appeal) -> dict[str, str]:
    """What the campaign's row says, by field."""
    return {
        "slug": appeal.slug,
        "title": appeal.title,
        "appeal": appeal.banner,
        "case": _rich(appeal.case),
        "thanks": appeal.thank_you,
    }
