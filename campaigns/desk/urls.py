"""Addresses under `/desk/`, registered in `campaigns/wagtail_hooks.py`."""

from django.urls import path

from campaigns.desk import (
    analytics,
    books,
    campaigns,
    card_testing,
    case,
    donations,
    inbox,
    matches,
    offline,
    refunds,
)

app_name = "campaigns_desk"
urlpatterns = [
    path("campaigns/", campaigns.index, name="campaigns"),
    path("campaigns/new/", campaigns.add, name="add"),
    path("campaigns/<int:campaign_id>/", campaigns.edit, name="edit"),
    path("campaigns/<int:campaign_id>/case/", case.case, name="case"),
    path("campaigns/<int:campaign_id>/analytics/", analytics.campaign, name="analytics"),
    path("campaigns/<int:campaign_id>/analytics/days.csv", analytics.days_csv, name="days_csv"),
    path(
        "campaigns/<int:campaign_id>/analytics/stories.csv",
        analytics.stories_csv,
        name="stories_csv",
    ),
    path("campaigns/<int:campaign_id>/matches/", matches.index, name="matches"),
    path("campaigns/<int:campaign_id>/matches/new/", matches.add, name="add_match"),
    path("campaigns/<int:campaign_id>/matches/<int:match_id>/", matches.edit, name="edit_match"),
    path("offline/", offline.index, name="offline"),
    path("offline/new/", offline.add, name="add_offline"),
    path("offline/file/", offline.file, name="offline_file"),
    path("offline/<int:gift_id>/accept/", offline.accept, name="accept_offline"),
    path("offline/<int:gift_id>/refuse/", offline.refuse, name="refuse_offline"),
    path("offline/<int:gift_id>/undo/", offline.undo, name="undo_offline"),
    path("donations/", donations.index, name="donations"),
    path("donations/<int:donation_id>/", donations.donation, name="donation"),
    path("donations/<int:donation_id>/refund/<int:payment_id>/", refunds.refund, name="refund"),
    path("ledger/", books.ledger, name="ledger"),
    path("ledger/unattributed/", books.unattributed, name="unattributed"),
    path("reconciliations/", books.reconciliations, name="reconciliations"),
    path("card-testing/", card_testing.index, name="card_testing"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/again/", inbox.try_again, name="inbox_again"),
]
