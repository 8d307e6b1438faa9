"""What is stored: campaigns (`campaign`), donations and payments (`giving`), the ledger and its
sums (`ledger`), sponsors' promises (`matches`), marks on the way (`marks`),
gifts by cheque and the like (`offline`), and what Stripe told us (`pipeline`)."""

from campaigns.models.campaign import Campaign, CampaignChange
from campaigns.models.giving import (
    Donation,
    DonationState,
    Donor,
    Payment,
    PaymentState,
)
from campaigns.models.ledger import (
    CampaignTotal,
    DailyRollup,
    DonorTotal,
    EntryKind,
    LedgerEntry,
)
from campaigns.models.marks import GiftUse, Milestone, Question, Reached
from campaigns.models.matches import Match
from campaigns.models.offline import Method, OfflineGift, OfflineState
from campaigns.models.pipeline import InboxEvent, Reconciliation

__all__ = [
    "Campaign",
    "CampaignChange",
    "CampaignTotal",
    "DailyRollup",
    "Donation",
    "DonationState",
    "Donor",
    "DonorTotal",
    "EntryKind",
    "GiftUse",
    "InboxEvent",
    "LedgerEntry",
    "Match",
    "Method",
    "Milestone",
    "OfflineGift",
    "OfflineState",
    "Payment",
    "PaymentState",
    "Question",
    "Reached",
    "Reconciliation",
]
