"""Campaigns' public addresses; the desk's are added by its hooks."""

from django.urls import path

from campaigns.views import (
    admission,
    campaign,
    card,
    confirm,
    embed,
    giving,
    reminders,
    staff_mail,
    steps,
    tax,
    thanks,
    webhook,
)

urlpatterns = [
    path("give/", giving.give, name="give"),
    path("give/thanks/<str:token>/", thanks.thanks, name="thanks"),
    path("give/card/<str:signed>/", card.card, name="change_card"),
    path("give/confirm/<str:signed>/", confirm.confirm, name="confirm_gift"),
    path("give/card/<str:signed>/done/", card.card_done, name="card_changed"),
    path("give/<slug:slug>/", giving.give_page, name="give_page"),
    path("give/<slug:slug>/start/", giving.start, name="give_start"),
    path("give/<slug:slug>/confirm/", giving.confirm, name="give_confirm"),
    path("receipts/address/<str:token>/", tax.receipt_address, name="receipt_address"),
    path("receipts/<str:token>/", tax.tax_receipt, name="tax_receipt"),
    path("give/<slug:slug>/remind/", reminders.remind, name="remind"),
    path("mails/<str:token>/<slug:kind>/stop/", staff_mail.stop, name="staff_mail_stop"),
    path("reminders/<str:token>/", reminders.asked, name="reminder_set"),
    path("reminders/<str:token>/forget/", reminders.forget, name="reminder_forget"),
    path("give/<slug:slug>/by-mail/", admission.by_mail, name="give_by_mail"),
    path("give/<slug:slug>/by-mail/<str:token>/", admission.from_mail, name="give_by_mail_link"),
    path("embed/<slug:slug>/", embed.frame, name="embed"),
    path("campaigns/<slug:slug>/", campaign.campaign_page, name="campaign"),
]

# Outside the languages' prefixes: machines read these.
machine_urlpatterns = [
    path("steps/", steps.step, name="count_step"),
    path("embed.js", embed.loader, name="embed_loader"),
    path("campaigns/<slug:slug>/progress.json", campaign.progress_json, name="progress"),
    path("give/thanks/<str:token>/state.json", thanks.thanks_state, name="thanks_state"),
    path("stripe/webhook/", webhook.webhook, name="stripe_webhook"),
]
