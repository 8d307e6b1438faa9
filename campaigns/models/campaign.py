"""The campaign: a goal, a deadline, and the appeal in words."""

import zoneinfo
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from newsroom.edge.language import language_prefix
from newsroom.money import Money

# Any of Stripe's would do: https://docs.stripe.com/currencies.
CURRENCIES = [
    ("cad", _("Canadian dollar")),
    ("usd", _("US dollar")),
    ("eur", _("euro")),
    ("gbp", _("pound sterling")),
    ("jpy", _("Japanese yen")),
    ("kwd", _("Kuwaiti dinar")),
]


class AfterEnd(models.TextChoices):
    """Where the give page leads once the deadline is over."""

    GOES_ON = "goes_on", _("giving goes on to the default campaign")
    CLOSED = "closed", _("giving is closed")


def _default_amounts() -> list[int]:
    return [2500, 5000, 10000, 25000]


def _monthly_amounts() -> list[int]:
    return [500, 1000, 2000, 5000]


def _yearly_amounts() -> list[int]:
    return [5000, 10000, 20000, 50000]


def _is_a_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is not a time zone."), params={"name": name})


class Campaign(models.Model):
    """Amounts in minor units of `currency`.

    `ends_at` is exclusive: the first instant after the last day in `time_zone`; None means no
    deadline. Exactly one campaign is the default ("General fund"), without a deadline: late
    payments go there. `stretch_goal` lies above the goal and is spoken of once that is reached.
    `after_end` is where new gifts go when it is over; money that comes late goes to the default
    one either way.
    """

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    appeal = models.CharField(
        _("appeal"),
        max_length=200,
        blank=True,
        help_text=_("The sentence in the banner."),
    )
    case = RichTextField(_("case for giving"), blank=True)
    thanks = models.TextField(_("words of thanks"), blank=True)
    goal = models.BigIntegerField(_("goal"), help_text=_("In cents."))
    stretch_goal = models.BigIntegerField(_("stretch goal"), null=True, blank=True)
    stretch_words = models.CharField(_("what the stretch goal is for"), max_length=200, blank=True)
    after_end = models.CharField(
        _("after the last day"),
        max_length=10,
        choices=AfterEnd.choices,
        default=AfterEnd.GOES_ON,
        db_default=AfterEnd.GOES_ON,
    )
    outcome = RichTextField(_("what happens with the money"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="cad")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        default="America/Toronto",
        validators=[_is_a_zone],
    )
    amounts = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("amounts to choose from"),
        default=_default_amounts,
        help_text=_("In cents, separated by commas."),
    )
    # Empty: this frequency is not offered.
    monthly_amounts = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("monthly amounts"),
        default=_monthly_amounts,
        blank=True,
    )
    yearly_amounts = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("yearly amounts"),
        default=_yearly_amounts,
        blank=True,
    )
    minimum = models.BigIntegerField(_("smallest donation"), default=200)
    maximum = models.BigIntegerField(_("largest donation"), default=2_500_000)
    is_default = models.BooleanField(_("default campaign"), default=False)
    on_articles = models.BooleanField(_("banner on stories"), default=False)
    # Of a hundred page loads, on how many the banner is not shown: to learn what it does.
    holdout = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_at"]
        default_permissions = ("view", "add", "change")
        permissions = [
            ("view_analytics", "Can see campaign analytics"),
            ("export_analytics", "Can download campaign analytics"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(goal__gt=0), name="goal_above_zero"),
            models.CheckConstraint(
                condition=models.Q(stretch_goal=None) | models.Q(stretch_goal__gt=models.F("goal")),
                name="stretch_goal_above_the_goal",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum__gt=0, maximum__gte=models.F("minimum")),
                name="donation_limits_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="campaign_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(ends_at=None),
                name="default_campaign_has_no_deadline",
            ),
            models.CheckConstraint(condition=models.Q(holdout__lte=50), name="holdout_up_to_half"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_campaign",
            ),
            models.UniqueConstraint(
                fields=["on_articles"],
                condition=models.Q(on_articles=True),
                name="one_banner_on_stories",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """In the active language, as `give_url`."""
        return f"{language_prefix()}/campaigns/{self.slug}/"

    @property
    def give_url(self) -> str:
        return f"{language_prefix()}/give/{self.slug}/"

    @property
    def progress_url(self) -> str:
        """The figures, the same in every language."""
        return f"/campaigns/{self.slug}/progress.json"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def goal_money(self) -> Money:
        return Money(self.goal, self.currency)

    @property
    def last_day(self) -> datetime | None:
        """An instant within the deadline's day in the campaign's zone: "by June 3"."""
        if self.ends_at is None:
            return None
        return (self.ends_at - timedelta(microseconds=1)).astimezone(self.zone)

    def is_open(self, moment: datetime) -> bool:
        """Whether donations to it are begun at `moment` (aware)."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


class CampaignChange(models.Model):
    """A goal or deadline moved after the start: shown on the campaign's page with its date."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    goal_before = models.BigIntegerField()
    goal_after = models.BigIntegerField()
    ends_before = models.DateTimeField(null=True)
    ends_after = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of the campaign")
        ordering = ["-id"]
        default_permissions = ("view",)
