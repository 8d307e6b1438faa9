"""What Celery runs for letters: each task takes ids or nothing, and calls one rule."""

from celery import shared_task
from django.utils import timezone

from newsroom.letters import corrections, results, sending, signing_up


@shared_task
def send_letter(letter_id: int, slot: int) -> None:
    """One of the letter's senders; a second one of that number goes home."""
    with sending.one_sender(letter_id, slot) as ours:
        more = ours and sending.work(letter_id, timezone.now())
    if more:
        send_letter.apply_async([letter_id, slot], expires=30)


@shared_task
def sweep_letters() -> None:
    sending.sweep(timezone.now())


@shared_task
def sweep_corrections() -> None:
    corrections.notice(timezone.now())


@shared_task
def count_letters() -> None:
    results.count_all(timezone.now())


@shared_task
def tend_subscribers() -> None:
    signing_up.tend(timezone.now())
    signing_up.ask_to_stay(timezone.now())
