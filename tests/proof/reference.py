"""What the books must show, in few lines: gifts as Stripe has them, and what we have looked at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(eq=False)
class Gift:
    """`levels` is what was left of it after each movement at Stripe; we know the first `seen`."""

    amount: int
    email: str
    levels: list[int] = field(default_factory=list)
    charged_at: datetime | None = None
    seen: int = 0
    campaign: Any = None
    granted: int = 0
    standing: int = 0

    @property
    def net(self) -> int:
        return self.levels[self.seen - 1] if self.seen else 0


@dataclass
class Books:
    """One campaign with a deadline and a match, and the default one for what comes too late."""

    campaign: Any
    default: Any
    ends_at: datetime
    percent: int
    room: int
    gifts: list[Gift] = field(default_factory=list)

    def look(self, gift: Gift) -> None:
        """Take up what moved since we last looked."""
        for level in gift.levels[gift.seen :]:
            first, gift.seen = gift.seen == 0, gift.seen + 1
            if first:
                assert gift.charged_at
                late = gift.charged_at >= self.ends_at
                gift.campaign = self.default if late else self.campaign
                gift.granted = 0 if late else min(level * self.percent // 100, self.room)
            earned = min(level * self.percent // 100, gift.granted)
            change = min(earned - gift.standing, self.room)
            gift.standing, self.room = gift.standing + change, self.room - change

    def shows(self, campaign: Any) -> dict[str, int]:
        """The campaign's sums."""
        here = [gift for gift in self.gifts if gift.seen and gift.campaign == campaign]
        donors: dict[str, int] = {}
        for gift in here:
            donors[gift.email] = donors.get(gift.email, 0) + gift.net
        return {
            "raised": sum(gift.net + gift.standing for gift in here),
            "matched": sum(gift.standing for gift in here),
            "donations": sum(gift.net > 0 for gift in here),
            "donors": sum(net > 0 for net in donors.values()),
        }
