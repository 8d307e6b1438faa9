"""Who may do what: one table of roles, turned into Django groups after each migration.

`PERMISSIONS` names Django permissions as `app.codename`; `PAGES` names what a role may do with
every page under the front page (Wagtail's page permissions); `COLLECTIONS` with pictures.
"""

from typing import Final

REPORTER: Final = "reporter"
EDITOR: Final = "editor"
STANDARDS_EDITOR: Final = "standards editor"
PUBLISHER: Final = "publisher"
FUNDRAISER: Final = "fundraiser"
TREASURER: Final = "treasurer"
ADMINISTRATOR: Final = "administrator"

ROLES: Final = (
    REPORTER,
    EDITOR,
    STANDARDS_EDITOR,
    PUBLISHER,
    FUNDRAISER,
    TREASURER,
    ADMINISTRATOR,
)

_DESK = {"wagtailadmin.access_admin"}
_WRITE = {
    "articles.view_person",
    "articles.view_topic",
    "articles.add_topic",
    # That a story's translation may need what was corrected.
    "articles.view_translationlook",
}
_EDIT = _WRITE | {
    "articles.add_person",
    "articles.change_person",
    "articles.change_topic",
    "articles.view_correction",
    "articles.view_comment",
    "articles.change_comment",
    # Trusting a reader, keeping one from commenting.
    "articles.change_commenter",
    "articles.view_errorreport",
    "articles.view_imagerights",
    "articles.change_errorreport",
    "articles.view_removal",
    "articles.view_removalrequest",
}
# What readers tell in confidence: for those who edit, not those who run the machine. Reporters see
# those of their own stories without it.
_CONFIDENCE = {"articles.view_tip"}
_STANDARDS = _EDIT | {
    "branding.change_ownwords",
    "branding.change_branding",
    "audit.view_auditentry",
    # They are sent the record's head each day.
    "articles.view_recordhead",
    # The addresses of readers who reported an error; editors answer without seeing them.
    "articles.view_reportcontact",
    # Being the second person without whom no older story is removed and no version withheld.
    "articles.agree_removal",
}
# Composing letters and, with `send_letter`, sending them; above a size a second person agrees.
_LETTERS = {
    "letters.view_newsletter",
    "letters.view_letter",
    "letters.add_letter",
    "letters.change_letter",
}
_SEND_LETTERS = _LETTERS | {
    "letters.add_newsletter",
    "letters.change_newsletter",
    "letters.send_letter",
    # Addresses: the list, an import, what somebody agreed to.
    "letters.view_subscriber",
    "letters.add_subscriber",
    "letters.change_subscriber",
    "letters.view_consent",
    "mail.view_addresshold",
    "mail.delete_addresshold",
}
_RAISE = {
    "branding.change_ownwords",
    "campaigns.view_givehour",
    "campaigns.view_campaign",
    "campaigns.add_campaign",
    "campaigns.change_campaign",
    "campaigns.view_match",
    "campaigns.add_match",
    "campaigns.change_match",
    "campaigns.view_offlinegift",
    "campaigns.add_offlinegift",
    "campaigns.view_donation",
    "campaigns.view_analytics",
    "campaigns.export_analytics",
    "campaigns.view_recurringdonation",
    "campaigns.cancel_recurringdonation",
    # Whom to thank by telephone: the names of these donors alone.
    "campaigns.view_thankyoucall",
    "campaigns.change_thankyoucall",
    # Counts; the names in a segment only with `view_donor`.
    "campaigns.view_segment",
    "campaigns.change_segment",
}
_BOOKS = {
    "campaigns.view_givehour",
    "campaigns.view_offlinegift",
    "campaigns.add_offlinegift",
    "campaigns.check_offlinegift",
    "campaigns.view_campaign",
    "campaigns.view_match",
    "campaigns.view_donation",
    "campaigns.view_donor",
    "campaigns.change_donor",
    "campaigns.move_donation",
    "campaigns.view_thankyoucall",
    "campaigns.change_thankyoucall",
    "campaigns.view_segment",
    "campaigns.change_segment",
    # Donors' names and addresses leave the site.
    "campaigns.export_segment",
    "campaigns.view_recurringdonation",
    "campaigns.cancel_recurringdonation",
    "campaigns.view_analytics",
    "campaigns.export_analytics",
    "campaigns.view_ledgerentry",
    "campaigns.refund_donation",
    "campaigns.view_reconciliation",
    "campaigns.view_inboxevent",
    "campaigns.view_taxreceipt",
    "campaigns.issue_taxreceipt",
    "campaigns.change_receiptissuer",
    "campaigns.attribute_money",
    "campaigns.view_payout",
    # Bringing in a bank statement, and undoing it.
    "campaigns.add_bankstatement",
    "campaigns.view_fraudwarning",
}
# The officer for personal data: requests, erasing for who wrote, the register of incidents.
_PRIVACY = {
    "reader_account.view_accessrequest",
    "reader_account.change_accessrequest",
    "reader_account.add_erasure",
    "reader_account.view_incident",
    "reader_account.add_incident",
}
_OPERATE = {
    "mail.view_outboxmail",
    "audit.view_auditentry",
    "campaigns.view_reconciliation",
    "campaigns.view_inboxevent",
}

PERMISSIONS: Final[dict[str, set[str]]] = {
    REPORTER: _DESK | _WRITE,
    EDITOR: _DESK | _EDIT | _LETTERS | _CONFIDENCE | {"campaigns.view_analytics"},
    STANDARDS_EDITOR: _DESK | _STANDARDS | _LETTERS | _CONFIDENCE,
    PUBLISHER: _DESK | _STANDARDS | _RAISE | _OPERATE | _PRIVACY | _SEND_LETTERS,
    FUNDRAISER: _DESK | _RAISE | _SEND_LETTERS,
    TREASURER: _DESK | _BOOKS,
    ADMINISTRATOR: _DESK
    | _STANDARDS
    | _RAISE
    | _BOOKS
    | _OPERATE
    | _PRIVACY
    | _SEND_LETTERS
    | {
        "readers.view_reader",
        "readers.add_reader",
        "readers.change_reader",
        "mail.change_outboxmail",
        "campaigns.change_inboxevent",
        "auth.view_group",
    },
}

PAGES: Final[dict[str, set[str]]] = {
    REPORTER: {"add_page", "change_page"},
    EDITOR: {"add_page", "change_page", "publish_page", "lock_page", "unlock_page"},
    STANDARDS_EDITOR: {
        "add_page",
        "change_page",
        "publish_page",
        "lock_page",
        "unlock_page",
    },
    PUBLISHER: {"add_page", "change_page", "publish_page", "lock_page", "unlock_page"},
    ADMINISTRATOR: {
        "add_page",
        "change_page",
        "publish_page",
        "lock_page",
        "unlock_page",
    },
}

COLLECTIONS: Final[dict[str, set[str]]] = {
    role: {"add_image", "change_image", "choose_image"} for role in PAGES
} | {
    # For milestones.
    FUNDRAISER: {"choose_image"}
}
