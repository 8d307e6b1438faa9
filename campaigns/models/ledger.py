"""The ledger (append-only) and the sums kept with it in the same transaction."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.giving import Donation, Donor, Payment
from campaigns.models.matches import Match


class EntryKind(models.TextChoices):
    """Stripe's `reporting_category` for what counts on the bar, everything else of Stripe's as
    OTHER, and our own.

    https://docs.stripe.com/reports/reporting-categories
    """

    CHARGE = "charge", _("charge")
    CHARGE_FAILURE = "charge_failure", _("charge failed later")
    REFUND = "refund", _("refund")
    REFUND_FAILURE = "refund_failure", _("refund failed")
    PARTIAL_CAPTURE_REVERSAL = "partial_capture_reversal", _("partial capture reversal")
    DISPUTE = "dispute", _("dispute")
    DISPUTE_REVERSAL = "dispute_reversal", _("dispute won")
    OTHER = "other", _("other movement at Stripe")
    MATCH = "match", _("match")
    OFFLINE = "offline", _("offline gift")
    OFFLINE_UNDONE = "offline_undone", _("offline gift undone")
    ATTRIBUTED = "attributed", _("attributed by staff")
    ATTRIBUTION_UNDONE = "attribution_undone", _("attribution undone")
    MOVED_IN = "moved_in", _("moved here by staff")
    MOVED_OUT = "moved_out", _("moved to another campaign")


# What a donor gave: it counts as received, all else but a match as what went back.
GIFTS = frozenset({EntryKind.CHARGE, EntryKind.OFFLINE})
OFFLINE = frozenset({EntryKind.OFFLINE, EntryKind.OFFLINE_UNDONE})
# What staff moved of money that belongs to no donation.
ATTRIBUTIONS = frozenset({EntryKind.ATTRIBUTED, EntryKind.ATTRIBUTION_UNDONE})
# A donation that staff moved from one campaign to another: both name it.
MOVES = frozenset({EntryKind.MOVED_IN, EntryKind.MOVED_OUT})
# What a campaign received, by whichever way.
RECEIVED = GIFTS | {EntryKind.ATTRIBUTED, EntryKind.MOVED_IN}


class LedgerEntry(models.Model):
    """One movement of money, mirrored one to one from Stripe's balance transactions, or our own:
    a match, an offline gift.

    `amount` is what counts on the bar: signed minor units of `currency` (the campaign's), zero
    for what does not count. `settlement_amount`, `settlement_currency` and `fee` are as Stripe
    settled it; `fee_counted` is the fee in `currency` where that is another one. `campaign` None
    means unattributed: shown to staff, counted nowhere.
    `occurred_at` is Stripe's moment, `recorded_at` ours.
    """

    source_key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=26, choices=EntryKind.choices)
    reporting_category = models.CharField(max_length=60)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    fee = models.BigIntegerField(_("fee"), default=0)
    settlement_amount = models.BigIntegerField()
    settlement_currency = models.CharField(max_length=3)
    fee_counted = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="entries"
    )
    donation = models.ForeignKey(
        Donation, null=True, on_delete=models.PROTECT, related_name="entries"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, related_name="entries"
    )
    article = models.ForeignKey(
        "articles.Article", null=True, on_delete=models.PROTECT, related_name="+"
    )
    charge_id = models.CharField(max_length=120, blank=True)
    # What a sponsor adds: no donation's own money, so it names none. Its `charge_id` does.
    match = models.ForeignKey(
        Match, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )

    # When the money was asked for, set by who writes; else `occurred_at` (matching asks).
    charged_at: datetime | None = None

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["campaign", "occurred_at"], name="ledger_of_a_campaign"),
            models.Index(
                fields=["occurred_at"],
                name="ledger_unattributed",
                condition=models.Q(campaign=None),
            ),
            models.Index(
                fields=["campaign", "amount"],
                name="ledger_gift_sizes",
                condition=models.Q(kind__in=["charge", "offline"]),
            ),
            models.Index(
                fields=["charge_id"],
                name="ledger_by_charge",
                condition=~models.Q(charge_id=""),
            ),
            # The reconciliation reads Stripe's list and ours side by side, by their moments.
            models.Index(
                fields=["occurred_at"],
                name="ledger_of_stripe",
                condition=models.Q(source_key__startswith="stripe:"),
            ),
            models.Index(
                fields=["match"],
                name="ledger_by_match",
                condition=models.Q(match__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="match", match__isnull=False, donation=None)
                | (~models.Q(kind="match") & models.Q(match=None)),
                name="a_match_entry_names_its_match",
            )
        ]

    def __str__(self) -> str:
        return self.source_key

    @property
    def counted_fee(self) -> int:
        """Stripe's fee in minor units of `currency`."""
        return self.fee if self.fee_counted is None else self.fee_counted


class CampaignTotal(models.Model):
    """The bar: sums of the campaign's entries, kept in each entry's own transaction.

    `received` counts charges, `reversed` refunds and disputes (as a positive number), `matched`
    what sponsors added: raised = received - reversed + matched. `on_its_way` is what banks have
    still to send; no part of `raised`. `offline` is what of received and
    reversed came by cheque and the like. `donations` counts donations
    whose entries come to more than zero, `donors` donors for whom they do.
    """

    campaign = models.OneToOneField(
        Campaign, primary_key=True, on_delete=models.PROTECT, related_name="total"
    )
    raised = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    reversed = models.BigIntegerField(default=0)
    matched = models.BigIntegerField(default=0, db_default=0)
    offline = models.BigIntegerField(default=0, db_default=0)
    on_its_way = models.BigIntegerField(default=0, db_default=0)
    fees = models.BigIntegerField(default=0)
    donations = models.PositiveIntegerField(default=0)
    donors = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("campaign total")
        default_permissions = ("view",)


class DailyRollup(models.Model):
    """Sums of a campaign's entries by day (in its zone) and story; what charts are drawn from."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    article = models.ForeignKey(
        "articles.Article", null=True, on_delete=models.PROTECT, related_name="+"
    )
    received = models.BigIntegerField(default=0)
    reversed = models.BigIntegerField(default=0)
    matched = models.BigIntegerField(default=0, db_default=0)
    fees = models.BigIntegerField(default=0)
    donations = models.PositiveIntegerField(default=0)
    reversals = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("daily roll-up")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "day", "article"],
                name="one_rollup_a_day_and_story",
                nulls_distinct=False,
            )
        ]


class DonorTotal(models.Model):
    """What one donor's entries in one campaign come to; tells how many donors it has."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="totals")
    net = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("donor total")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "donor"], name="one_total_a_donor")
        ]
