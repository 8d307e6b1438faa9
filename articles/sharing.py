"""Links by which a reader passes something on. Nothing of these services loads in our pages."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Share:
    """Addresses that open a service with the text filled in; `copy_text` is for the clipboard."""

    x: str
    bluesky: str
    mastodon: str
    email: str
    copy_text: str


def share_links(text: str, url: str, *, subject: str = "") -> Share:
    """`url` is absolute. X: https://developer.x.com/en/docs/x-for-websites (post intent);
    Bluesky: https://docs.bsky.app/docs/advanced-guides/intent-links; Mastodon's own tool asks the
    reader for their server: https://blog.joinmastodon.org/2026/03/a-new-share-button/."""
    both = f"{text} {url}".strip()
    mail = urlencode({"subject": subject or text, "body": f"{text}\n\n{url}"}, quote_via=quote)
    return Share(
        x="https://x.com/intent/post?" + urlencode({"text": text, "url": url}),
        bluesky="https://bsky.app/intent/compose?" + urlencode({"text": both}),
        mastodon="https://share.joinmastodon.org/#text=" + quote(both),
        email=f"mailto:?{mail}",
        copy_text=both,
    )


def quote_line(
    quotation: str, attribution: str, share_line: str, accounts: str, hashtags: str
) -> str:
    """The text a pull-quote is shared with: the editor's own line, or the quote and who says it;
    then the accounts and hashtags that it does not mention itself."""
    bare = quotation.strip('“”" ')
    said = f"“{bare}”" + (f" — {attribution}" if attribution else "")
    line = share_line.strip() or said
    extra = [word for word in f"{accounts} {hashtags}".split() if word.lower() not in line.lower()]
    return " ".join([line, *extra])
