"""What the terminal says when the demo is up: where to look, who to be, what to try."""

from newsroom.demo import EDITOR, READER, STAFF, launch


def opening(ports: launch.Ports) -> str:
    """Said before the demo newsroom is built: stories come first, then a month of donations."""
    return f"The site is open at {ports.site_url}/ and fills while you look."


def welcome(ports: launch.Ports) -> str:
    """Said when all is there: the addresses and the three sign-ins."""
    site = ports.site_url
    return f"""
[bold]Waylight is ready.[/bold]

  The site     {site}/
  The desk     {site}/desk/
  Its mail     {site}/demo/mail/   (every message the site sends)
  A partner    {site}/demo/partner/   (the campaign on somebody else’s page)
  Its Stripe   {ports.sandbox_url}/   (no real money; card 4242 4242 4242 4242 pays)

Sign in at {site}/sign-in/ as one of these; the code comes by mail.

  {READER:<26} comment on a story, give, see the bar move
  {EDITOR:<26} correct a live story, approve the comment
  {STAFF:<26} read the campaign’s figures and the outbox

Ctrl-C stops all of it and keeps what is there; `make demo-reset` starts afresh.
"""


def farewell() -> str:
    """Said when everything has been stopped."""
    return "Stopped. `make demo` goes on from here."
