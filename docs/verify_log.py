"""Follow a newsroom's record from outside: python3 verify_log.py https://newsroom.example [FILE]

Reads /corrections/log.json from its first page to its last, recomputes both hashes of every link,
and looks for each head (a signed line, docs/record.md) of FILE. Needs Python alone. Exit 1: broken.
"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path

START = "0" * 64


def sha256(*parts):
    """Each part is preceded by its length in bytes and a colon, so that none can slide."""
    digest = hashlib.sha256()
    for part in (str(part).encode() for part in parts):
        digest.update(b"%d:%s" % (len(part), part))
    return digest.hexdigest()


def main(site, file=None):
    sequence, head, stories, seen, faults = 0, START, {}, {(0, START)}, []
    page = site.rstrip("/") + "/corrections/log.json"
    while page:
        with urllib.request.urlopen(page, timeout=30) as answer:  # noqa: S310
            log = json.load(answer)
        for link in log["links"]:
            story, (number, before) = link["story"], stories.get(link["story"], (0, START))
            own = sha256("story", before, story, number + 1, link["commitment"])
            head, sequence = sha256("site", head, sequence + 1, own), sequence + 1
            if (link["sequence"], link["story_hash"], link["site_hash"]) != (sequence, own, head):
                faults.append(f"link {sequence} (story {story}) breaks the chain")
            stories[story] = (number + 1, own)
            seen.add((sequence, head))
        page = log["next"]
    for line in filter(str.strip, Path(file).read_text().splitlines() if file else ()):
        _name, _form, _site, day, at, told, _key, _signature = line.split()
        if (int(at), told) not in seen:
            faults.append(f"the head of {day} is no longer in the chain")
    print("\n".join(faults) or f"{sequence} links of {len(stories)} stories hold. Head: {head}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
