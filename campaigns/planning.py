"""Adding a campaign or a match and changing it: days become instants, what moved is written down.

A goal or a deadline moved after the start is a published word changed: it is kept as a
CampaignChange, shown on the campaign's page, and in the audit log, in one transaction.
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns import milestones
from campaigns.models import Campaign, CampaignChange, CampaignTotal, Match
from newsroom.audit import log
from newsroom.money import Money
from newsroom.readers.models import Reader

# What an entry of the audit log tells of a change.
_TOLD = (
    "title",
    "slug",
    "goal",
    "stretch_goal",
    "currency",
    "starts_at",
    "ends_at",
    "time_zone",
    "amounts",
    "monthly_amounts",
    "yearly_amounts",
    "minimum",
    "maximum",
    "is_default",
    "on_articles",
    "after_end",
)
_WORDS = ("appeal", "case", "thanks", "stretch_words", "outcome")


class CampaignRefused(ValueError):
    """The campaign may not be as asked; `field` names what to change, the text says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def first_instant(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    """When `day` begins in `zone`: midnight, or the instant the clocks jump over midnight to."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of(last_day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    """The exclusive end of what runs "by `last_day`": the first instant of the day after."""
    return first_instant(last_day + timedelta(days=1), zone)


def last_day(ends_at: datetime | None, zone: zoneinfo.ZoneInfo) -> date | None:
    """The day an exclusive end is spoken of by: the one before it."""
    if ends_at is None:
        return None
    return (ends_at - timedelta(microseconds=1)).astimezone(zone).date()


def store_campaign(campaign: Campaign, *, by: Reader | None, moment: datetime) -> Campaign:
    """Save a new or changed campaign, with all that has to be known of it afterwards.

    The default and the banner on stories belong to one campaign each: taking them here takes
    them from the one that had them. Raises CampaignRefused.
    """
    with transaction.atomic():
        # One at a time: two people moving the banner must not each believe they have it.
        others = list(
            Campaign.objects.select_for_update(no_key=True)
            .filter(Q(is_default=True) | Q(on_articles=True))
            .exclude(pk=campaign.pk)
            .order_by("pk")
        )
        known = Campaign.objects.select_for_update(no_key=True)
        before = known.get(pk=campaign.pk) if campaign.pk else None
        # Before anything is saved: who books a gift holds the total first, and looks whether its
        # campaign is there when all is written.
        CampaignTotal.objects.select_for_update().filter(campaign=campaign.pk).first()
        _refuse_what_cannot_be(campaign, before, others)
        for other in others:
            _hand_over(other, campaign, by)
        campaign.save()
        if before is None:
            summary = _("Added the campaign “%(title)s”") % {"title": campaign.title}
            log.record(by, "added", campaign, summary, **_told(campaign))
        else:
            _write_down(before, campaign, by, moment)
            # A goal lowered to what has been raised is reached by that.
            milestones.reach(campaign.pk, moment)
    return campaign


def _refuse_what_cannot_be(
    campaign: Campaign, before: Campaign | None, others: list[Campaign]
) -> None:
    if campaign.is_default and campaign.ends_at is not None:
        raise CampaignRefused(
            "last_day",
            _("The default campaign has no deadline: late donations go there for ever."),
        )
    if before and before.is_default and not campaign.is_default:
        raise CampaignRefused(
            "is_default",
            _("One campaign must be the default. Make another one the default instead."),
        )
    if campaign.stretch_goal is not None and campaign.stretch_goal <= campaign.goal:
        raise CampaignRefused(
            "stretch_typed", _("The stretch goal must lie above the goal, or be left empty.")
        )
    spoken_for = before and (
        before.donations.exists()
        or before.entries.exists()
        or before.matches.exists()
        or before.offline_gifts.exists()
    )
    if before and before.currency != campaign.currency and spoken_for:
        raise CampaignRefused(
            "currency",
            _("Donations or matches are in this currency already; it cannot change any more."),
        )
    if not campaign.is_default and not any(other.is_default for other in others):
        raise CampaignRefused(
            "is_default", _("There is no default campaign yet: make this one the default.")
        )


def _hand_over(other: Campaign, campaign: Campaign, by: Reader | None) -> None:
    handed = []
    if campaign.is_default and other.is_default:
        other.is_default = False
        handed.append("is_default")
    if campaign.on_articles and other.on_articles:
        other.on_articles = False
        handed.append("on_articles")
    if handed:
        other.save(update_fields=handed)
        summary = _("“%(from)s” gave its place to “%(to)s”") % {
            "from": other.title,
            "to": campaign.title,
        }
        log.record(by, "replaced", other, summary, gave=handed)


def _write_down(before: Campaign, after: Campaign, by: Reader | None, moment: datetime) -> None:
    moved = [name for name in _TOLD if getattr(before, name) != getattr(after, name)]
    words = [name for name in _WORDS if getattr(before, name) != getattr(after, name)]
    if not moved and not words:
        return
    if before.starts_at <= moment and {"goal", "ends_at"} & set(moved):
        CampaignChange.objects.create(
            campaign=after,
            changed_by=by,
            goal_before=before.goal,
            goal_after=after.goal,
            ends_before=before.ends_at,
            ends_after=after.ends_at,
        )
    names = {field.name: str(field.verbose_name) for field in Campaign._meta.fields}
    fields = ", ".join(names[name] for name in moved + words)
    summary = _("Changed the campaign “%(title)s”: %(fields)s") % {
        "title": after.title,
        "fields": fields,
    }
    log.record(
        by,
        "changed",
        after,
        summary[:300],
        before={name: told for name, told in _told(before).items() if name in moved},
        after={name: told for name, told in _told(after).items() if name in moved},
        words=words,
    )


def _told(campaign: Campaign) -> dict[str, Any]:
    values = {name: getattr(campaign, name) for name in _TOLD}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def set_holdout(campaign: Campaign, share: int, *, by: Reader | None) -> None:
    """Leave the banner out on `share` of a hundred page loads, and log it."""
    with transaction.atomic():
        kept = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if kept.holdout == share:
            return
        before, kept.holdout = kept.holdout, share
        kept.save(update_fields=["holdout"])
        summary = _("The banner of “%(title)s” is left out on %(share)d of 100 page loads") % {
            "title": kept.title,
            "share": share,
        }
        log.record(by, "changed", kept, summary[:300], before=before, after=share)


class MatchRefused(CampaignRefused):
    """The match may not be as asked; `field` names what to change, the text says why."""


def store_match(match: Match, *, by: Reader | None) -> Match:
    """Save a new or changed match and log it. Raises MatchRefused.

    One match of a campaign runs at a time, so that what is added to a gift is one sponsor's. What
    was promised to readers stays: once it has added something its ratio and start are settled.
    """
    with transaction.atomic():
        # One at a time, without standing in the way of gifts that are booked meanwhile: they hold
        # the match's row and want to see the campaign's.
        Campaign.objects.select_for_update(no_key=True).get(pk=match.campaign_id)
        before = Match.objects.select_for_update().get(pk=match.pk) if match.pk else None
        _refuse_match(match, before)
        match.created_by = before.created_by if before else by
        match.given = before.given if before else 0
        match.save()
        verb, summary = (
            ("changed", _("Changed the match of %(sponsor)s"))
            if before
            else ("added", _("Added the match of %(sponsor)s"))
        )
        log.record(
            by,
            verb,
            match,
            (summary % {"sponsor": match.sponsor})[:300],
            campaign=match.campaign_id,
            percent=match.percent,
            cap=match.cap,
            starts_at=match.starts_at.isoformat(),
            ends_at=match.ends_at.isoformat() if match.ends_at else None,
        )
    return match


def _refuse_match(match: Match, before: Match | None) -> None:
    if before and before.entries.exists():
        for field, name in (("percent", "percent"), ("starts_at", "first_day")):
            if getattr(match, field) != getattr(before, field):
                raise MatchRefused(
                    name, _("This match has added to gifts already: that cannot change any more.")
                )
        if match.cap < before.given:
            given = Money(before.given, match.campaign.currency)
            raise MatchRefused(
                "cap_typed", _("%(given)s was added already: it cannot be less.") % {"given": given}
            )
    for other in Match.objects.filter(campaign=match.campaign_id).exclude(pk=match.pk):
        if other.room > 0 and _overlap(match, other):
            raise MatchRefused(
                "first_day",
                _("The match of %(sponsor)s runs at that time. End it first, or begin later.")
                % {"sponsor": other.sponsor},
            )


def _overlap(one: Match, other: Match) -> bool:
    return (other.ends_at is None or one.starts_at < other.ends_at) and (
        one.ends_at is None or other.starts_at < one.ends_at
    )
