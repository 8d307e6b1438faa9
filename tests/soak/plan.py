"""Which gifts are given: a list drawn from a seed, so that the same seed gives the same gifts."""

import random
from dataclasses import dataclass

# What becomes of a gift, and how often of a hundred.
FATES = {
    "given": 16,
    "given by a double click": 5,
    "given after a declined card": 5,
    "given with 3-D Secure": 3,
    "given after the amount was changed": 3,
    "given around the deadline": 4,
    "walked away": 8,
    "walked away from 3-D Secure": 2,
    "refunded": 5,
    "refunded in part": 4,
    "refunded in parts": 4,
    "refunded from the desk": 4,
    "refund sent back by the bank": 3,
    "refund sent back after a dispute": 1,
    "dispute won": 3,
    "dispute lost": 3,
    "dispute open": 2,
    "dispute after a refund": 2,
    "inquiry closed": 1,
    "inquiry became a dispute": 1,
    "by cheque": 3,
    "by cheque that bounced": 1,
    "not ours": 1,
    "monthly": 3,
    "monthly, cancelled": 1,
    "monthly, another amount": 1,
    "monthly, paused and resumed": 1,
    "monthly, a renewal refunded": 1,
    "monthly, a renewal disputed": 1,
    "monthly, a renewal fails and comes after all": 2,
    "monthly, ended by failed renewals": 1,
    "by Canadian debit": 1,
    "by Canadian debit that fails": 1,
    "by Canadian debit that its bank takes back": 1,
    "by American debit": 1,
    "by American debit that fails": 1,
    "by American debit that its bank takes back": 1,
}


@dataclass(frozen=True, slots=True)
class Gift:
    """`amount` in cents; `campaign` a number; `chance` all that is left to chance in its life."""

    number: int
    fate: str
    amount: int
    campaign: int
    email: str
    thanks: bool
    chance: random.Random


def gifts(count: int, seed: int, campaigns: int) -> list[Gift]:
    """Every fate in its share, in an order drawn from the seed; a third of donors give twice."""
    chance = random.Random(f"{seed}:gifts")
    fates = [fate for fate, share in FATES.items() for _ in range(max(1, share * count // 100))]
    while len(fates) < count:
        fates.append("given")
    chance.shuffle(fates)
    return [
        Gift(
            number=number,
            fate=fate,
            amount=chance.choice([500, 1000, 2500, 5000, chance.randint(500, 20_000)]),
            campaign=chance.randrange(campaigns),
            email=f"donor{chance.randrange(2 * count // 3 + 1)}@example.org",
            thanks=chance.random() < 0.4,
            chance=random.Random(f"{seed}:gift:{number}"),
        )
        for number, fate in enumerate(fates[:count])
    ]
