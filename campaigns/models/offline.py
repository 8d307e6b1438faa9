"""Gifts that do not come through Stripe: cheques, e-transfers, securities, cash."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.giving import Donation
from newsroom.money import Money


class Method(models.TextChoices):
    CHEQUE = "cheque", _("cheque")
    E_TRANSFER = "e_transfer", _("e-transfer")
    SECURITIES = "securities", _("securities")
    CASH = "cash", _("cash")
    OTHER = "other", _("other")


class OfflineState(models.TextChoices):
    WAITING = "waiting", _("waits for a second look")
    BOOKED = "booked", _("in the books")
    REFUSED = "refused", _("refused")
    UNDONE = "undone", _("undone")


class OfflineGift(models.Model):
    """A gift staff entered. It counts from when it is `booked`: then it has a `donation`.

    `amount` in minor units of the campaign's currency; `received_on` a day in the campaign's zone.
    `row` names the row of an imported file, so that the same file brings it once.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="offline_gifts")
    amount = models.BigIntegerField(_("amount"))
    method = models.CharField(_("by"), max_length=12, choices=Method.choices)
    received_on = models.DateField(_("received"))
    name = models.CharField(_("donor’s name"), max_length=200, blank=True)
    email = models.EmailField(_("donor’s e-mail"), max_length=320, blank=True)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=OfflineState.choices, default=OfflineState.WAITING
    )
    row = models.CharField(max_length=64, null=True, unique=True, editable=False)
    donation = models.OneToOneField(
        Donation, null=True, on_delete=models.PROTECT, related_name="offline_gift"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("offline gift")
        verbose_name_plural = _("offline gifts")
        ordering = ["-id"]
        default_permissions = ("view", "add")
        permissions = [
            ("check_offlinegift", "Can take the second look at offline gifts, and undo them")
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="offline_above_zero"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "refused"], donation=None)
                | models.Q(state__in=["booked", "undone"], donation__isnull=False),
                name="offline_gift_in_the_books_has_a_donation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-id"], name="offline_waiting", condition=models.Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return f"{self.money} ({self.get_method_display()})"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.campaign.currency)
