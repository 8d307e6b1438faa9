"""What is stored: campaigns (`campaign`), donations and payments (`giving`), the ledger and its
sums (`ledger`), sponsors' promises (`matches`),
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
    "InboxEvent",
    "LedgerEntry",
    "Match",
    "Method",
    "OfflineGift",
    "OfflineState",
    "Payment",
    "PaymentState",
    "Reconciliation",
]
