"""The demo's two campaigns: the general fund, and one under way for a month."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from campaigns.models import Campaign, Match
from campaigns.planning import end_of, first_instant, store_campaign, store_match
from newsroom import founding
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.content import DemoContent
from newsroom.demo.content.shapes import Campaign as Appeal
from newsroom.money import Money
from newsroom.readers.models import Reader

CURRENCY: Final = "cad"
DAYS_OLD: Final = 30
DAYS_LEFT: Final = 21
LARGEST_GIFT: Final = 2_500_000
MATCH_DAYS: Final = 6


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
    founding.make_general_fund(
        moment=first_instant(calendar.day(365), calendar.zone),
        time_zone=zone_name,
        currency=CURRENCY,
        amounts=fund.presets,
        words=words_of(fund),
        by=by,
    )
    appeal = content.campaign
    found = Campaign.objects.filter(slug=appeal.slug).first()
    if found:
        return found
    campaign = Campaign(
        goal=appeal.goal or founding.GENERAL_FUND_GOAL,
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


def words_of(appeal: Appeal) -> dict[str, str]:
    """What the campaign's row says, by field."""
    case = render_to_string(
        "demo/campaign_case.html",
        {
            "case": appeal.case,
            "gift_lines": [
                (Money(line.amount, CURRENCY), line.pays_for) for line in appeal.gift_lines
            ],
            "questions": appeal.questions,
        },
    )
    return {
        "slug": appeal.slug,
        "title": appeal.title,
        "appeal": appeal.banner,
        "case": case.strip(),
        "thanks": appeal.thank_you,
    }
