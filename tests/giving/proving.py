"""What a browser does when the give form asks for work: read the challenge, solve it, send it."""

import base64
import hashlib
import json
import re
from html import unescape

_DATA = re.compile(r'data-(algorithm|challenge|salt|signature|most)="([^"]*)"')
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def asked(page: str) -> dict[str, str]:
    """The challenge on a page, by its names; empty when it asks for none."""
    return {name: unescape(value) for name, value in _DATA.findall(page)}


def fields(page: str) -> dict[str, str]:
    """What the page's form passes on."""
    return {name: unescape(value) for name, value in _FIELD.findall(page)}


def solve(challenge: dict[str, str], most: int = 10**9) -> str | None:
    """The solution as the browser sends it; None when it takes more than `most` hashes."""
    for number in range(min(int(challenge["most"]), most) + 1):
        digest = hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest()
        if digest == challenge["challenge"]:
            sent = {**{k: v for k, v in challenge.items() if k != "most"}, "number": number}
            return base64.b64encode(json.dumps(sent).encode()).decode()
    return None
