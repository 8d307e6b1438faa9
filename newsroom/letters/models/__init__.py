"""What is stored of newsletters; the rules stand in the modules beside this folder."""

from newsroom.letters.models.letters import (
    APPEALS,
    Fate,
    Letter,
    LetterCorrection,
    LetterLink,
    LetterState,
    LetterStory,
    Purpose,
    Recipient,
)
from newsroom.letters.models.newsletters import Cadence, Newsletter
from newsroom.letters.models.subscribers import (
    Act,
    Consent,
    Standing,
    Subscriber,
    Subscription,
    Suppression,
    Why,
)

__all__ = [
    "APPEALS",
    "Act",
    "Cadence",
    "Consent",
    "Fate",
    "Letter",
    "LetterCorrection",
    "LetterLink",
    "LetterState",
    "LetterStory",
    "Newsletter",
    "Purpose",
    "Recipient",
    "Standing",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Why",
]
