"""What is stored: campaigns (`campaign`), donations and payments (`giving`), the ledger and its
sums (`ledger`), sponsors' promises (`matches`), marks on the way (`marks`), whom a gift
honours (`tributes`), who wants to be asked later (`reminders`), gifts of each month or year
(`recurring`), gifts by cheque and the like (`offline`), what was tried at the give form
(`defence`), page loads and where gifts began (`steps`), what Stripe told us (`pipeline`),
payouts and the bank's word of them (`payouts`), tax receipts (`tax`), attributions and files for
accountants (`accounting`), what the desk keeps about donors (`donors`), what moved of the regular
giving (`moves`), notes of days and what staff are told by mail (`watch`)."""

from campaigns.models.accounting import Attribution, ExportPiece, ExportState, LedgerExport
from campaigns.models.campaign import Campaign, CampaignChange
from campaigns.models.defence import GiveHour
from campaigns.models.donors import (
    CallReason,
    CallState,
    DonorJoin,
    DonorNote,
    DonorYear,
    Segment,
    ThankYouCall,
)
from campaigns.models.giving import (
    Donation,
    DonationState,
    Donor,
    Frequency,
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
from campaigns.models.moves import (
    MoveKind,
    MoveMonth,
    RecurringMove,
    RenewalCell,
    RenewalMonth,
)
from campaigns.models.offline import Method, OfflineGift, OfflineState
from campaigns.models.payouts import (
    BankLine,
    BankStatement,
    FraudWarning,
    LineFate,
    Payout,
    PayoutLine,
    PayoutState,
)
from campaigns.models.pipeline import InboxEvent, Reconciliation
from campaigns.models.recurring import (
    ChangeKind,
    EndedBy,
    Instalment,
    InstalmentState,
    RecurringChange,
    RecurringDonation,
    RecurringState,
)
from campaigns.models.reminders import Reminder
from campaigns.models.steps import FunnelDay, OriginDay, Step, StepBatch, StepDay, StepTally
from campaigns.models.tax import (
    Cause,
    DonorAddress,
    PostalAddress,
    ReceiptCancellation,
    ReceiptCounter,
    ReceiptGift,
    ReceiptIssuer,
    ReceiptKind,
    ReceiptParty,
    ReceiptRequest,
    ReceiptRun,
    ReceiptStanding,
    RequestMode,
    RunState,
    Scheme,
    TaxReceipt,
)
from campaigns.models.tributes import Tribute, TributeKind
from campaigns.models.watch import Alarm, DayNote, RollupCheck, StaffMail

__all__ = [
    "Alarm",
    "Attribution",
    "BankLine",
    "BankStatement",
    "CallReason",
    "CallState",
    "Campaign",
    "CampaignChange",
    "CampaignTotal",
    "Cause",
    "ChangeKind",
    "DailyRollup",
    "DayNote",
    "Donation",
    "DonationState",
    "Donor",
    "DonorAddress",
    "DonorJoin",
    "DonorNote",
    "DonorTotal",
    "DonorYear",
    "EndedBy",
    "EntryKind",
    "ExportPiece",
    "ExportState",
    "FraudWarning",
    "Frequency",
    "FunnelDay",
    "GiftUse",
    "GiveHour",
    "InboxEvent",
    "Instalment",
    "InstalmentState",
    "LedgerEntry",
    "LedgerExport",
    "LineFate",
    "Match",
    "Method",
    "Milestone",
    "MoveKind",
    "MoveMonth",
    "OfflineGift",
    "OfflineState",
    "OriginDay",
    "Payment",
    "PaymentState",
    "Payout",
    "PayoutLine",
    "PayoutState",
    "PostalAddress",
    "Question",
    "Reached",
    "ReceiptCancellation",
    "ReceiptCounter",
    "ReceiptGift",
    "ReceiptIssuer",
    "ReceiptKind",
    "ReceiptParty",
    "ReceiptRequest",
    "ReceiptRun",
    "ReceiptStanding",
    "Reconciliation",
    "RecurringChange",
    "RecurringDonation",
    "RecurringMove",
    "RecurringState",
    "Reminder",
    "RenewalCell",
    "RenewalMonth",
    "RequestMode",
    "RollupCheck",
    "RunState",
    "Scheme",
    "Segment",
    "StaffMail",
    "Step",
    "StepBatch",
    "StepDay",
    "StepTally",
    "TaxReceipt",
    "ThankYouCall",
    "Tribute",
    "TributeKind",
]
