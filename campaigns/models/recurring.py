"""A recurring donation is a gift given each month or each year until its donor stops it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.giving import Donation, Donor, Frequency, new_token
from newsroom.money import Money


class RecurringState(models.TextChoices):
    """`ENDING`: cancelled, and what would come next is not taken any more; `UNPAID`: its last
    payment failed and is tried again."""

    STARTED = "started", _("begun")
    ACTIVE = "active", _("running")
    UNPAID = "unpaid", _("last payment failed")
    PAUSED = "paused", _("paused")
    ENDING = "ending", _("cancelled, ends soon")
    ENDED = "ended", _("ended")


class EndedBy(models.TextChoices):
    DONOR = "donor", _("its donor")
    STAFF = "staff", _("the newsroom")
    PAYMENT = "payment", _("payments that failed")
    STRIPE = "stripe", _("Stripe’s own page")


class RecurringDonation(models.Model):
    """One subscription at Stripe, as it was when we last asked (`synced_at`).

    `amount` in minor units of `currency`, each `frequency`. `first` is the donation it was begun
    with; each gift after it is a donation of its own (see Instalment). `campaign` is the one it
    was begun for; what comes after that one's deadline goes to the default campaign. `next_at`
    None: nothing more is planned. `next_look_at` is when it is looked at without any event.
    """

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    subscription = models.CharField(max_length=120, unique=True)
    customer = models.CharField(max_length=120, blank=True, db_index=True)
    item = models.CharField(max_length=120, blank=True)
    first = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="begun_recurring")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="recurring_donations"
    )
    donor = models.ForeignKey(
        Donor, null=True, on_delete=models.PROTECT, related_name="recurring_donations"
    )
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    frequency = models.CharField(_("how often"), max_length=5, choices=Frequency.choices)
    state = models.CharField(
        _("state"), max_length=8, choices=RecurringState.choices, default=RecurringState.STARTED
    )
    language = models.CharField(max_length=5, default="en")
    started_at = models.DateTimeField(_("begun"))
    next_at = models.DateTimeField(_("next gift"), null=True)
    resumes_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.CharField(max_length=8, choices=EndedBy.choices, blank=True)
    card_id = models.CharField(max_length=120, blank=True)
    card_brand = models.CharField(max_length=30, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    # The first day on which the card is no longer valid.
    card_ends_on = models.DateField(null=True)
    synced_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recurring donation")
        verbose_name_plural = _("recurring donations")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("cancel_recurringdonation", "Can cancel a recurring donation")]
        indexes = [
            models.Index(fields=["campaign", "state"], name="recurring_of_a_campaign"),
            models.Index(fields=["state", "-id"], name="recurring_by_state"),
            models.Index(
                fields=["next_look_at"],
                name="recurring_to_look_at",
                condition=models.Q(next_look_at__isnull=False),
            ),
            models.Index(fields=["card_ends_on"], name="recurring_by_cards_end"),
            # What yearly gifts bring in a month to come.
            models.Index(
                fields=["currency", "next_at"],
                name="recurring_yearly_due",
                condition=models.Q(frequency="year", next_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="recurring_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.money} ({self.get_frequency_display()})"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def by_bank(self) -> bool:
        """Whether it comes from a bank account: those have no end as cards do."""
        return bool(self.card_id) and self.card_ends_on is None

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended, whatever else."""
        return self.state not in (RecurringState.STARTED, RecurringState.ENDED)


class InstalmentState(models.TextChoices):
    OPEN = "open", _("due")
    PAID = "paid", _("paid")
    SKIPPED = "skipped", _("skipped")
    GIVEN_UP = "given_up", _("given up")


class Instalment(models.Model):
    """One invoice at Stripe: the gift of one month or year, paid or not.

    `donation` is the gift it brings, None while nothing was tried for. `tries` counts the tries
    to take the money, `next_try_at` is when Stripe tries again; `to_confirm` says that the donor's
    bank wants them to confirm it first (3-D Secure).
    """

    recurring = models.ForeignKey(
        RecurringDonation, on_delete=models.PROTECT, related_name="instalments"
    )
    invoice = models.CharField(max_length=120, unique=True)
    donation = models.ForeignKey(
        Donation, null=True, on_delete=models.PROTECT, related_name="instalments"
    )
    amount = models.BigIntegerField()
    state = models.CharField(
        max_length=8, choices=InstalmentState.choices, default=InstalmentState.OPEN
    )
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    to_confirm = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["-due_at", "-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["recurring", "-due_at"], name="instalments_newest")]

    def __str__(self) -> str:
        return self.invoice

    @property
    def money(self) -> Money:
        return Money(self.amount, self.recurring.currency)


class ChangeKind(models.TextChoices):
    AMOUNT = "amount", _("another amount")
    DATE = "date", _("another day")
    PAUSE = "pause", _("paused")
    RESUME = "resume", _("resumed")
    CANCEL = "cancel", _("cancelled")
    KEEP = "keep", _("kept after all")


class RecurringChange(models.Model):
    """What a donor or staff asked of a recurring donation, committed before Stripe is asked.

    `key` comes from the form and makes the same form, sent twice, one change; Stripe's
    idempotency key is made of it. `asked` holds exactly what is asked. `done_at` None: not known
    to be done, `refused`: Stripe would not, in its words.
    """

    key = models.UUIDField(unique=True)
    recurring = models.ForeignKey(
        RecurringDonation, on_delete=models.PROTECT, related_name="changes"
    )
    kind = models.CharField(max_length=6, choices=ChangeKind.choices)
    asked = models.JSONField(default=dict)
    by_staff = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    # Numbers Stripe's idempotency keys, as it replays a stored failure.
    tries = models.PositiveSmallIntegerField(default=1, editable=False)
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of a recurring donation")
        verbose_name_plural = _("changes of recurring donations")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="changes_not_done",
                condition=models.Q(done_at=None, refused=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"
