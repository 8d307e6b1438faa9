"""Amounts and moments on the desk: minor units beside a currency, and times to the minute."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from newsroom.money import Money, decimals

register = template.Library()


@register.filter
def in_money(amount: int | str | None, currency: str) -> str:
    """`{{ 2550|in_money:"cad" }}`: "$25.50"; whole amounts without cents; "—" for none."""
    # A template gives "" for the amount of what is not there at all.
    return Money(amount, currency).show() if isinstance(amount, int) else "—"


@register.filter
def in_cents(amount: int | None, currency: str) -> str:
    """As `in_money`, always with cents: for columns of a table."""
    return "—" if amount is None else Money(amount, currency).show(cents=True)


@register.filter
def in_whole(amount: int | None, currency: str) -> str:
    """Rounded to whole units, for a sentence: "$1,240"."""
    return "—" if amount is None else Money(amount, currency).show(cents=False)


@register.filter
def in_whole_up(amount: int | None, currency: str) -> str:
    """Rounded up to whole units: what is needed must suffice."""
    if amount is None:
        return "—"
    unit = 10 ** decimals(currency)
    return Money(-(-amount // unit) * unit, currency).show()


@register.filter
def rounded_money(amount: float | None, currency: str) -> str:
    """A rate in minor units, rounded to whole units."""
    return "—" if amount is None else Money(round(amount), currency).show(cents=False)


@register.simple_tag
def when(moment: datetime | None) -> str:
    """`{% when donation.started_at %}`: the moment in the person's time zone, to the minute."""
    if moment is None:
        return "—"
    local = timezone.localtime(moment)
    shown = date_format(local, "j M Y, H:i")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), shown)
