"""Handing one mail to the mail server, and what its answer means for us."""

import smtplib
from email.mime.image import MIMEImage
from urllib.parse import urlsplit

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from newsroom.branding.models import Branding
from newsroom.mail.models import OutboxMail


class Unsent(Exception):
    """The mail did not go out; another attempt may succeed. The text is the reason."""


class Refused(Unsent):
    """The server will never take this mail for this address: no further attempt is made."""


def message_id(mail: OutboxMail) -> str:
    """The Message-ID header, the same at each attempt."""
    return f"<{mail.message_id}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def compose(mail: OutboxMail) -> EmailMultiAlternatives:
    """The message as it goes out: text beside HTML, headers of a mail that no person typed."""
    contact = Branding.load().contact_email
    headers = {
        "Message-ID": message_id(mail),
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    if mail.stop_url:
        # One click in the mail program ends it: https://www.rfc-editor.org/rfc/rfc8058
        headers["List-Unsubscribe"] = f"<{mail.stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to],
        reply_to=[contact] if contact else None,
        headers=headers,
    )
    message.attach_alternative(mail.html, "text/html")
    for picture in mail.pictures.order_by("pk"):
        shown = MIMEImage(bytes(picture.data), "png")
        shown["Content-ID"] = f"<{picture.name}>"
        shown["Content-Disposition"] = "inline"
        message.attach(shown)
        # They belong to the HTML: no programme lists them as attached files.
        message.mixed_subtype = "related"  # type: ignore[attr-defined]
    return message


def send(mail: OutboxMail) -> None:
    """Send through Django's mail connection. Raises Refused or Unsent with the reason."""
    message = compose(mail)
    message.connection = get_connection()
    try:
        message.send()
    except Exception as error:
        reason = reason_of(error)
        raise (Refused if is_final(error) else Unsent)(reason) from error


def is_final(error: Exception) -> bool:
    """Whether the server's answer is for good: a 5xx for the recipient or the message itself.

    A refused sender or password is ours to mend, so those mails wait.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code >= 500
        case AnymailRecipientsRefused():
            return True
    return False


def reason_of(error: Exception) -> str:
    """The server's own words, for the desk."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            answers = error.recipients.values()
            return "; ".join(f"{code} {_words(said)}" for code, said in answers)
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
