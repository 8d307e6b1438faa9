"""A donation is a reader's act; a payment is one movement at Stripe; a donor is who gave."""

import secrets

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from newsroom.money import Money


class Donor(models.Model):
    """Personal data of who gave; kept out of the append-only tables so that it can be erased.

    Linked to a `reader` once the address is proven.
    """

    # None for who gave by cheque and left no address.
    email = models.EmailField(_("e-mail"), max_length=320, unique=True, null=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    stripe_customer = models.CharField(max_length=80, blank=True)
    # Asked to be forgotten while a gift was disputed: name and address go on this day.
    erase_after = models.DateField(null=True, editable=False)
    reader = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="donor",
    )
    # Written by staff, who asked for it; donors give none on the form.
    phone = models.CharField(_("telephone"), max_length=40, blank=True, db_default="")
    no_calls = models.BooleanField(_("does not wish to be called"), default=False, db_default=False)
    no_appeals = models.BooleanField(
        _("does not wish to be asked for more"), default=False, db_default=False
    )
    # Found to be the same person: what comes by this address is that donor's.
    joined_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="known_as"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        default_permissions = ("view", "change")
        # The desk finds a donor by the beginning of an address or of a word of the name.
        indexes = [
            models.Index(OpClass(Lower("email"), name="text_pattern_ops"), name="donors_by_email"),
            GinIndex(SearchVector("name", config="simple"), name="donors_by_name"),
            models.Index(
                fields=["erase_after"],
                name="donors_to_erase",
                condition=models.Q(erase_after__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or "—"


class DonationState(models.TextChoices):
    STARTED = "started", _("begun")
    PROCESSING = "processing", _("on its way")
    RECEIVED = "received", _("received")
    PARTLY_REFUNDED = "partly_refunded", _("partly refunded")
    REFUNDED = "refunded", _("refunded")
    DISPUTED = "disputed", _("disputed")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("not completed")


class Frequency(models.TextChoices):
    ONCE = "once", _("once")
    MONTH = "month", _("each month")
    YEAR = "year", _("each year")


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Donation(models.Model):
    """What a reader set out to give. `amount` in minor units of `currency`, with what of it is
    meant `for_fee` of the card.

    `token` is in the thanks page's address. `form` is the random id a reader's browser gave the
    form it filled in; `attempt` derives from it and the amount, and makes a double submission
    one donation. `checkout_parameters` is exactly what Stripe was, or will be, asked, so that a
    retry repeats it under the same idempotency key (`checkout_try` numbers the keys, as Stripe
    replays a stored failure). `net` is the sum of its ledger entries that count.
    """

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    attempt = models.UUIDField(unique=True, editable=False)
    form = models.UUIDField(null=True, db_index=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="donations")
    donor = models.ForeignKey(
        Donor, null=True, blank=True, on_delete=models.PROTECT, related_name="donations"
    )
    amount = models.BigIntegerField(_("amount"))
    for_fee = models.BigIntegerField(_("to cover the fee"), default=0, db_default=0)
    currency = models.CharField(_("currency"), max_length=3)
    # How often a gift like this comes; each of them is a donation of its own.
    frequency = models.CharField(
        _("how often"),
        max_length=5,
        choices=Frequency.choices,
        default=Frequency.ONCE,
        db_default=Frequency.ONCE,
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=DonationState.choices,
        default=DonationState.STARTED,
        db_index=True,
    )
    public_name = models.CharField(_("public name"), max_length=80, blank=True)
    message = models.CharField(_("message"), max_length=280, blank=True)
    # Name and message are on no page of the campaign: staff took them off.
    words_hidden = models.BooleanField(default=False, db_default=False, editable=False)
    language = models.CharField(_("language"), max_length=5, default="en")
    article = models.ForeignKey(
        "articles.Article",
        verbose_name=_("story"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    first_article = models.ForeignKey(
        "articles.Article",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    via = models.CharField(_("via"), max_length=40, blank=True)
    # How the visit came and on what, as classes (`campaigns.attribution`); "": not known. `arm`:
    # whether the story it began from was loaded with its banner, while a holdout runs.
    referrer = models.CharField(max_length=12, blank=True, default="", db_default="")
    device = models.CharField(max_length=8, blank=True, default="", db_default="")
    arm = models.CharField(max_length=6, blank=True, default="", db_default="")
    # Whether its donor had given before, settled with its first entry; None: not known.
    earlier_donor = models.BooleanField(null=True, editable=False)
    # When its first Checkout was opened.
    opened_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(_("begun"), db_index=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    net = models.BigIntegerField(default=0, editable=False)
    checkout_parameters = models.JSONField(default=dict, editable=False)
    checkout_try = models.PositiveSmallIntegerField(default=1, editable=False)
    checkout_session = models.CharField(
        max_length=120, null=True, unique=True, editable=False, default=None
    )
    checkout_url = models.TextField(blank=True, editable=False)
    checkout_expires_at = models.DateTimeField(null=True, editable=False)
    next_look_at = models.DateTimeField(null=True, editable=False)
    looks = models.PositiveSmallIntegerField(default=0, editable=False)
    needs_attention = models.CharField(_("needs attention"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("refund_donation", "Can refund a donation"),
            ("move_donation", "Can move a donation to another campaign"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="donation_above_zero"),
            models.CheckConstraint(
                condition=models.Q(for_fee__gte=0, for_fee__lt=models.F("amount")),
                name="fee_within_the_donation",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-received_at"], name="donations_of_a_campaign"),
            models.Index(
                fields=["next_look_at"],
                name="donations_to_look_at",
                condition=models.Q(next_look_at__isnull=False),
            ),
            models.Index(fields=["campaign", "-id"], name="donations_newest"),
            models.Index(fields=["campaign", "state", "-id"], name="donations_by_state"),
            models.Index(
                fields=["campaign", "-id"],
                name="donations_to_attend_to",
                condition=~models.Q(needs_attention=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.money} ({self.get_state_display()})"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def fee_money(self) -> Money | None:
        """What of it is meant for the fee; None when nothing is."""
        return Money(self.for_fee, self.currency) if self.for_fee else None


class PaymentState(models.TextChoices):
    STARTED = "started", _("begun")
    PROCESSING = "processing", _("on its way")
    RECEIVED = "received", _("received")
    PARTLY_REFUNDED = "partly_refunded", _("partly refunded")
    REFUNDED = "refunded", _("refunded")
    INQUIRY = "inquiry", _("inquiry")
    DISPUTED = "disputed", _("disputed")
    DISPUTE_WON = "dispute_won", _("dispute won")
    DISPUTE_LOST = "dispute_lost", _("dispute lost")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")


class Payment(models.Model):
    """One PaymentIntent at Stripe, as it was when we last asked (`synced_at`).

    `donation` is None for money that is not ours (made in Stripe's dashboard, another site).
    `counts_in` is settled when a bank debit begins and stays: a deadline that passes while the
    bank takes its days changes nothing.
    """

    stripe_id = models.CharField(max_length=120, unique=True)
    donation = models.ForeignKey(
        Donation, null=True, on_delete=models.PROTECT, related_name="payments"
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=PaymentState.choices)
    method = models.CharField(max_length=40, blank=True)
    refunded = models.BigIntegerField(default=0)
    # What of a bank debit the bank has still to send, and the campaign it will count in.
    on_its_way = models.BigIntegerField(default=0, db_default=0)
    counts_in = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    synced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.stripe_id
