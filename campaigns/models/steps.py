"""Page loads on the way to a gift, and where gifts began: counts by day, of nobody."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class Step(models.TextChoices):
    """What a page load was. RETURN is counted by the site itself, all others by the page's script:
    how many of them say so is the share of browsers whose loads are counted."""

    ARTICLE = "article", _("story seen")
    BANNER = "banner", _("banner seen")
    GIVE = "give", _("give page seen")
    THANKS = "thanks", _("thanks page seen")
    RETURN = "return", _("back from Checkout")


class StepDay(models.Model):
    """Page loads of one step on one day, in the campaign's zone or else the newsroom's.

    `article` is the story that was loaded, or the one that the give page was opened from.
    """

    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(
        "articles.Article", null=True, on_delete=models.CASCADE, related_name="+"
    )
    step = models.CharField(max_length=8, choices=Step.choices)
    day = models.DateField()
    loads = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("page loads of a day")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "step", "day", "article"],
                name="one_count_of_loads",
                nulls_distinct=False,
            )
        ]


class StepTally(models.Model):
    """The same loads by one thing known of them (`campaigns.attribution`), not by story."""

    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=8, choices=Step.choices)
    day = models.DateField()
    dimension = models.CharField(max_length=14)
    value = models.CharField(max_length=40, blank=True)
    loads = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally of page loads")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "dimension", "step", "day", "value"],
                name="one_tally_of_loads",
                nulls_distinct=False,
            )
        ]


class StepBatch(models.Model):
    """Counts taken from Redis and written down: what makes each batch count once."""

    key = models.CharField(max_length=32, primary_key=True)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("batch of page loads")
        default_permissions = ()


class OriginDay(models.Model):
    """Sums of a campaign's entries by day (in its zone) and one thing known of where the gift began
    (`campaigns.origins`), kept in the entry's own transaction. Sponsors' money is in none.

    Minor units; `reversed` is what went back, positive. `largest` and `squares` (the sum of the
    squared amounts) are of the charges as they came, before anything went back.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    dimension = models.CharField(max_length=14)
    value = models.CharField(max_length=40, blank=True)
    received = models.BigIntegerField(default=0)
    reversed = models.BigIntegerField(default=0)
    gifts = models.PositiveIntegerField(default=0)
    largest = models.BigIntegerField(default=0)
    squares = models.DecimalField(max_digits=40, decimal_places=0, default=0)

    class Meta:
        verbose_name = _("where gifts began, by day")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "dimension", "value", "day"], name="one_origin_a_day"
            )
        ]


class FunnelDay(models.Model):
    """Gifts begun on a day (in the campaign's zone): Checkouts opened, and what of them was
    received, whenever that was. Renewals are in neither."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    opened = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("gifts by the day they were begun")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["campaign", "day"], name="one_funnel_a_day")]
