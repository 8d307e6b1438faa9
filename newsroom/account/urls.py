"""The reader's own page at /account/."""

from django.urls import path

from newsroom.account import data_views, recurring_views, tax, views

urlpatterns = [
    path("", views.reader, name="reader_account"),
    path("giving/<str:token>/", recurring_views.manage, name="recurring"),
    path("giving/<str:token>/card/", recurring_views.card, name="recurring_card"),
    path("giving/<str:token>/card/done/", recurring_views.card_done, name="recurring_card_done"),
    path("giving/<str:token>/<slug:what>/", recurring_views.change, name="recurring_change"),
    path("receipts/<str:token>/again/", recurring_views.receipt_again, name="receipt_again"),
    path("statements/<int:year>/", recurring_views.year_statement, name="statement"),
    path("tax-receipts/<int:receipt_id>/", tax.receipt, name="reader_receipt"),
    path("follows/", views.follows, name="reader_follows"),
    path("data/", data_views.held, name="reader_data"),
    path("data/everything.zip", data_views.download, name="reader_everything"),
    path("data/erase/", data_views.erase, name="reader_erase"),
    path("erase/<str:token>/", data_views.confirm, name="reader_erase_confirm"),
]
