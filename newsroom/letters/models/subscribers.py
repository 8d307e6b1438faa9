"""Who gets letters, and why we may write to them. Addresses stand in Subscriber alone."""

import secrets

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from newsroom.letters.models.newsletters import Newsletter


def new_token() -> str:
    """What only the mailbox knows: 192 bits, in a link."""
    return secrets.token_urlsafe(24)


class Subscriber(models.Model):
    """An address that asked for letters. `token` opens its own page; `provider` is who runs the
    mailbox (`addresses.provider_of`); `zone` the reader's own time zone, where chosen.

    `heard_at` is when it last confirmed, signed in, gave or said that it stays; after a year
    without, it is asked once (`asked_to_stay_at`).
    """

    email = models.EmailField(_("e-mail"), max_length=320)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    language = models.CharField(_("language"), max_length=5, default="en")
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    provider = models.CharField(_("provider"), max_length=40)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    heard_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    asked_to_stay_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        default_permissions = ("view", "add", "change")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_subscriber_an_address")]
        indexes = [
            models.Index(fields=["heard_at"], name="subscribers_to_ask"),
            models.Index(
                fields=["created_at"],
                name="subscribers_unconfirmed",
                condition=models.Q(confirmed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Standing(models.TextChoices):
    ASKED = "asked", _("asked to confirm")
    ACTIVE = "active", _("gets it")
    ENDED = "ended", _("ended")


class Subscription(models.Model):
    """One newsletter for one subscriber. `token` ends it by one click and never runs out while
    the row is there (60 days after its end at least); `asked_token` confirms one asking, which
    may be for several newsletters, and is empty again once it ended.

    `consent_until` is when implied consent runs out; None for express consent, which does not.
    """

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.PROTECT, related_name="subscriptions"
    )
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.ASKED)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    asked_token = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    source = models.CharField(max_length=20)
    wording = models.TextField(blank=True)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    consent_until = models.DateTimeField(_("consent until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "newsletter"], name="a_newsletter_once_a_subscriber"
            )
        ]
        indexes = [
            models.Index(
                fields=["newsletter", "subscriber"],
                name="subscriptions_active",
                condition=models.Q(standing="active"),
            ),
            models.Index(fields=["ended_at"], name="subscriptions_ended"),
        ]


class Act(models.TextChoices):
    GIVEN = "given", _("given")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Consent(models.Model):
    """That somebody said yes or no to a newsletter: append-only, and without their address.

    `address_key` is the address's keyed hash (`addresses.key_of`): who shows us the address can be
    shown what they agreed to. `wording` is what stood beside the button, `proof` what an imported
    list says of it, `until` when implied consent runs out.
    """

    address_key = models.CharField(max_length=64, db_index=True)
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="consents")
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    express = models.BooleanField(_("express"), default=True)
    source = models.CharField(_("where"), max_length=20)
    wording = models.TextField(_("the words shown"), blank=True)
    proof = models.CharField(_("proof"), max_length=300, blank=True)
    moment = models.DateTimeField(_("when"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ("view",)


class Why(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    COMPLAINT = "complaint", _("reported as spam")
    BY_STAFF = "by staff", _("asked us to stop")


class Suppression(models.Model):
    """An address that gets no letters, or not those of `newsletter`, by its keyed hash: it stays
    when the address is forgotten, so that no import brings it back. Only its owner's new
    confirmation ends it. Receipts are never held by it."""

    address_key = models.CharField(max_length=64)
    newsletter = models.ForeignKey(
        Newsletter, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    why = models.CharField(max_length=12, choices=Why.choices)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["address_key", "newsletter"],
                nulls_distinct=False,
                name="an_address_is_suppressed_once",
            )
        ]
