"""What a campaign's page promises in amounts: marks on the way, what a gift pays for, answers."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class Milestone(models.Model):
    """A mark on the way that staff set. `amount` in minor units of the campaign's currency."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="marks")
    amount = models.BigIntegerField(_("amount"), validators=[MinValueValidator(1)])
    words = models.CharField(_("what it makes possible"), max_length=200)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["amount"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "amount"], name="one_milestone_an_amount"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="milestone_above_zero"),
        ]

    def __str__(self) -> str:
        return self.words


class Reached(models.Model):
    """That the campaign's sum came to `amount` once: append-only, so that a refund later does not
    unsay what was announced.

    Written in the transaction of the ledger entries that took the sum there, for milestones, the
    goal and the stretch goal alike: each is reached when its amount has a row. `reached_at` is
    the moment of the newest movement then in the books.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reached")
    amount = models.BigIntegerField()
    reached_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("reached milestone")
        ordering = ["amount"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "amount"], name="reached_once"),
        ]


class GiftUse(models.Model):
    """What a gift of `amount` (minor units) pays for, offered on the campaign's page."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="gift_uses")
    amount = models.BigIntegerField(_("amount"))
    words = models.CharField(_("what it pays for"), max_length=200)

    class Meta:
        verbose_name = _("what a gift pays for")
        ordering = ["amount", "id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="gift_use_above_zero")
        ]

    def __str__(self) -> str:
        return self.words


class Question(models.Model):
    """A question that givers ask, with its answer in plain paragraphs."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="questions")
    question = models.CharField(_("question"), max_length=200)
    answer = models.TextField(_("answer"), max_length=2000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("question")
        ordering = ["position", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.question
