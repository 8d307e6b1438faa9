"""What Stripe paid out to the bank account, what the bank says it got, and issuers' warnings."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.giving import Payment
from newsroom.money import Money


class PayoutState(models.TextChoices):
    PENDING = "pending", _("to be sent")
    IN_TRANSIT = "in_transit", _("on its way to the bank")
    PAID = "paid", _("paid out")
    FAILED = "failed", _("sent back by the bank")
    CANCELED = "canceled", _("cancelled")


class Payout(models.Model):
    """One payout as Stripe has it, with what its movements come to; minor units of `currency`.

    `gifts`, `refunds`, `disputes`, `fees` and `other` add up to what its lines come to, which
    must be `amount`. `listed` once Stripe has said which movements are in it.
    """

    stripe_id = models.CharField(max_length=120, unique=True)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=12, choices=PayoutState.choices)
    created_at = models.DateTimeField(_("made"))
    arrives_on = models.DateField(_("arrives"))
    failure = models.CharField(max_length=80, blank=True)
    trace = models.CharField(max_length=80, blank=True)
    listed = models.BooleanField(default=False)
    movements = models.PositiveIntegerField(default=0)
    gifts = models.BigIntegerField(default=0)
    refunds = models.BigIntegerField(default=0)
    disputes = models.BigIntegerField(default=0)
    fees = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0)
    synced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["currency", "arrives_on"], name="payouts_by_arrival")]

    def __str__(self) -> str:
        return self.stripe_id

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def come_to(self) -> int:
        """What its movements come to."""
        return self.gifts + self.refunds + self.disputes + self.fees + self.other

    @property
    def equal(self) -> bool:
        return not self.listed or self.come_to == self.amount


class PayoutLine(models.Model):
    """One balance transaction in its payout; each is in one payout only."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    transaction = models.CharField(max_length=120, unique=True)
    category = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name = _("line of a payout")
        ordering = ["-id"]
        default_permissions = ()

    @property
    def net(self) -> int:
        return self.amount - self.fee


class BankStatement(models.Model):
    """A file of the bank's that staff brought in; undone as a whole, and kept as such."""

    name = models.CharField(_("file"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3)
    imported_at = models.DateTimeField(db_default=Now(), editable=False)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-id"]
        default_permissions = ("add",)

    def __str__(self) -> str:
        return self.name


class LineFate(models.TextChoices):
    MATCHED = "matched", _("is a payout")
    DIFFERS = "differs", _("is a payout, with another amount")
    UNKNOWN = "unknown", _("is no payout that we know")


class BankLine(models.Model):
    """One sum that came to the bank account on `day`. `row` names it, so that it is kept once."""

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    day = models.DateField()
    amount = models.BigIntegerField()
    description = models.CharField(max_length=200, blank=True)
    row = models.CharField(max_length=64)
    fate = models.CharField(max_length=8, choices=LineFate.choices)
    payout = models.ForeignKey(
        Payout, null=True, on_delete=models.PROTECT, related_name="bank_lines"
    )
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("line of a bank statement")
        ordering = ["day", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["row"], condition=models.Q(undone=False), name="a_bank_line_is_kept_once"
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=models.Q(undone=False, payout__isnull=False),
                name="a_payout_arrives_once",
            ),
            models.CheckConstraint(
                condition=models.Q(fate="unknown", payout=None)
                | (~models.Q(fate="unknown") & models.Q(payout__isnull=False)),
                name="a_bank_line_names_its_payout",
            ),
        ]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.statement.currency)


class FraudWarning(models.Model):
    """A card issuer's word that a charge was fraud, before a dispute mostly.

    `open` while it was neither given back whole nor disputed; `given_back_at` when we gave it back
    by ourselves for that; `trouble` why that could not be.
    """

    stripe_id = models.CharField(max_length=120, unique=True)
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="warnings"
    )
    fraud_type = models.CharField(max_length=60)
    open = models.BooleanField(default=True)
    created_at = models.DateTimeField(_("warned"))
    given_back_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("early fraud warning")
        verbose_name_plural = _("early fraud warnings")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["-id"], name="fraud_warnings_open", condition=models.Q(open=True))
        ]

    def __str__(self) -> str:
        return self.stripe_id
