"""A gift in honour or in memory of someone, with the card that tells them or their family."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.giving import Donation


class TributeKind(models.TextChoices):
    HONOUR = "honour", _("in honour of")
    MEMORY = "memory", _("in memory of")


class Tribute(models.Model):
    """Whom a donation honours. The card, where one is wished, is owed once the money has arrived
    and `send_on` (a day in the newsroom's time zone; None: at once) has come; then its address is
    forgotten here and `card_owed_at` set. Personal data of third persons: not append-only.
    """

    donation = models.OneToOneField(Donation, on_delete=models.CASCADE, related_name="tribute")
    kind = models.CharField(_("kind"), max_length=8, choices=TributeKind.choices)
    name = models.CharField(_("name"), max_length=120)
    card_email = models.EmailField(_("card goes to"), max_length=320, blank=True)
    card_to = models.CharField(_("name on the card"), max_length=120, blank=True)
    card_from = models.CharField(_("from"), max_length=120, blank=True)
    card_words = models.CharField(_("words on the card"), max_length=500, blank=True)
    shows_amount = models.BooleanField(_("card says the amount"), default=False)
    send_on = models.DateField(_("on"), null=True, blank=True)
    card_owed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("tribute")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["send_on"],
                name="cards_to_send",
                condition=models.Q(card_owed_at=None) & ~models.Q(card_email=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
