"""Tax receipts: who issues them, who asked for one, the receipts themselves and their numbers.

A receipt is never changed: `TaxReceipt`, `ReceiptGift`, `ReceiptCancellation` and `ReceiptIssuer`
only grow. The donor's name and address stand apart, in `ReceiptParty`: the law wants the copy kept
for years and privacy wants it gone afterwards, so the database refuses to change it, and to
delete it before `keep_until`.
"""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.giving import Donation, Donor
from newsroom.money import Money


class Scheme(models.TextChoices):
    NONE = "none", _("no tax receipts")
    CANADA = "ca", _("official receipts of Canada (registered journalism organization)")
    UNITED_STATES = "us", _("acknowledgments of the United States (501(c)(3))")


class ReceiptIssuer(models.Model):
    """What a newsroom says of itself on its receipts, from `created_at` on; the newest counts.

    `registration_number` is the Canada Revenue Agency's or the EIN of the IRS. `signature` is a
    picture, kept here and not among the site's pictures: nobody but a receipt shows it.
    """

    scheme = models.CharField(_("kind of receipt"), max_length=4, choices=Scheme.choices)
    legal_name = models.CharField(_("name on file"), max_length=200, blank=True)
    address = models.TextField(_("address on file"), max_length=400, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True)
    place = models.CharField(_("place of issue"), max_length=120, blank=True)
    signatory = models.CharField(_("who signs"), max_length=120, blank=True)
    signatory_title = models.CharField(_("as"), max_length=120, blank=True)
    signature = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("issuer of tax receipts")
        default_permissions = ("change",)


class PostalAddress(models.Model):
    """A donor's full name and postal address as a receipt shows them."""

    name = models.CharField(_("full name"), max_length=200, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    unit = models.CharField(_("unit, PO box"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("province or state"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)

    class Meta:
        abstract = True

    @property
    def lines(self) -> list[str]:
        """The address below the name, as on an envelope."""
        place = " ".join(part for part in (self.city, self.region, self.postal_code) if part)
        return [line for line in (self.street, self.unit, place, self.country) if line]

    def as_typed(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ADDRESS_FIELDS}


ADDRESS_FIELDS = ("name", "street", "unit", "city", "region", "postal_code", "country")


class DonorAddress(PostalAddress):
    """Where a donor's receipts of a whole year go: what came with their first gift, until they give
    another one by a link that only they have, or staff do. Erasable."""

    donor = models.OneToOneField(
        Donor, primary_key=True, on_delete=models.CASCADE, related_name="postal_address"
    )
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("postal address")
        default_permissions = ()


class RequestMode(models.TextChoices):
    EACH = "each", _("a receipt for each gift")
    YEARLY = "yearly", _("one receipt for the year")


class ReceiptRequest(PostalAddress):
    """A donation whose money is, or may be, receipted. Erasable.

    `due_at` None means that its receipts say what the ledger says; `problem` is what keeps
    one from being issued. `withheld` is set when staff cancel a receipt for good. `advantage` is
    what the donor got in return and its value in minor units of the donation's currency;
    `description` and `appraiser` are those of a gift that is not money.
    """

    donation = models.OneToOneField(
        Donation, primary_key=True, on_delete=models.CASCADE, related_name="receipt_request"
    )
    mode = models.CharField(max_length=6, choices=RequestMode.choices, default=RequestMode.EACH)
    advantage = models.CharField(_("given in return"), max_length=200, blank=True)
    advantage_value = models.BigIntegerField(_("its value"), default=0)
    description = models.CharField(_("what was given"), max_length=200, blank=True)
    appraiser = models.CharField(_("appraised by"), max_length=300, blank=True)
    withheld = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, db_default=Now())
    problem = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("request for a tax receipt")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(advantage_value__gte=0), name="advantage_not_below_zero"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="receipts_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["donation"], name="receipts_kept_back", condition=~models.Q(problem="")
            ),
        ]


class ReceiptCounter(models.Model):
    """The last number given in a year. Its row is locked until the receipt is committed, so a
    number that was drawn and not used goes back: no gap."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()


class ReceiptKind(models.TextChoices):
    SINGLE = "single", _("one gift")
    YEARLY = "yearly", _("the gifts of a year")


class TaxReceipt(models.Model):
    """One receipt as issued; amounts in minor units of `currency`.

    `amount` is what was given (for property its fair market value), `eligible` what of it counts
    for tax: the amount less the advantage. `gift_year` is the year in which the gifts were
    received, `year` and `serial` make the number. `layout` is the template it is drawn with.
    """

    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    kind = models.CharField(_("for"), max_length=6, choices=ReceiptKind.choices)
    issuer = models.ForeignKey(ReceiptIssuer, on_delete=models.PROTECT, related_name="receipts")
    donor = models.ForeignKey(
        Donor, null=True, on_delete=models.PROTECT, related_name="tax_receipts"
    )
    gift_year = models.PositiveSmallIntegerField()
    received_on = models.DateField(null=True)
    amount = models.BigIntegerField(_("amount"))
    advantage = models.CharField(max_length=200, blank=True)
    advantage_value = models.BigIntegerField(default=0)
    eligible = models.BigIntegerField(_("eligible amount"))
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="en")
    issued_on = models.DateField(_("issued"))
    issued_at = models.DateTimeField(db_default=Now(), editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    layout = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("tax receipt")
        verbose_name_plural = _("tax receipts")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("issue_taxreceipt", "Can issue, cancel and replace tax receipts")]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="one_receipt_a_number"),
            models.CheckConstraint(
                condition=models.Q(
                    serial__gt=0,
                    amount__gt=0,
                    advantage_value__gte=0,
                    eligible__gt=0,
                    eligible=models.F("amount") - models.F("advantage_value"),
                ),
                name="receipt_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="yearly", received_on=None)
                | models.Q(kind="single", received_on__isnull=False),
                name="a_single_receipt_says_the_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"{self.year}-{self.serial:06d}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def eligible_money(self) -> Money:
        return Money(self.eligible, self.currency)

    @property
    def cancelled(self) -> "ReceiptCancellation | None":
        return getattr(self, "cancellation", None)


class ReceiptParty(PostalAddress):
    """To whom a receipt was issued, as printed on it; deleted once the law no longer asks."""

    receipt = models.OneToOneField(
        TaxReceipt, primary_key=True, on_delete=models.PROTECT, related_name="party"
    )
    appraiser = models.CharField(max_length=300, blank=True)
    keep_until = models.DateField(db_index=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(OpClass(Lower("name"), name="text_pattern_ops"), name="receipts_by_name")
        ]


class ReceiptGift(models.Model):
    """A gift on a receipt: a charge at Stripe, or an offline gift, as `LedgerEntry.charge_id`."""

    receipt = models.ForeignKey(TaxReceipt, on_delete=models.PROTECT, related_name="gifts")
    charge_id = models.CharField(max_length=120, db_index=True)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="receipted_gifts")
    received_on = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        ordering = ["received_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "charge_id"], name="a_gift_once_a_receipt"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="receipted_above_zero"),
        ]


class Cause(models.TextChoices):
    REFUND = "refund", _("the gift went back")
    RETURNED = "returned", _("the gift is larger again")
    STAFF = "staff", _("by staff")


class ReceiptCancellation(models.Model):
    """A receipt that no longer counts. `reason` is staff's own, without names or addresses."""

    receipt = models.OneToOneField(
        TaxReceipt, primary_key=True, on_delete=models.PROTECT, related_name="cancellation"
    )
    cause = models.CharField(max_length=10, choices=Cause.choices)
    reason = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(db_default=Now(), editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()


class ReceiptStanding(models.Model):
    """Which receipt counts for a gift now: one at most."""

    charge_id = models.CharField(max_length=120, primary_key=True)
    receipt = models.ForeignKey(TaxReceipt, on_delete=models.PROTECT, related_name="standing")
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    DONE = "done", _("done")


class ReceiptRun(models.Model):
    """The yearly receipts of `year`, donor by donor. `reached` is the last donor done with: it
    moves in the transaction that issues the donor's receipts, so a killed run goes on without
    a second number for anybody."""

    year = models.PositiveSmallIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    reached = models.BigIntegerField(default=0)
    donors = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)
    lacking = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("yearly receipts")
        ordering = ["-year"]
        default_permissions = ()

    @property
    def per_cent(self) -> int:
        return 100 * self.done // self.donors if self.donors else 100
