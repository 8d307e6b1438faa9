"""Where readers find stories and the record.

`urlpatterns` may carry a language's prefix; Wagtail's own routing (sections, standing pages)
follows after them. `machine_urlpatterns` never do.
"""

from django.urls import path, re_path

from articles.views import (
    comments,
    feeds,
    follows,
    history,
    lists,
    quotes,
    record,
    reports,
    search,
    story,
    threads,
    tips,
)

# Year, month and day as numbers of fixed length, so that each story has one address.
_STORY = r"^(?P<year>\d{4})/(?P<month>\d{2})/(?P<day>\d{2})/(?P<slug>[\w-]+)/"
_HISTORY_OF_TWO = r"history/(?P<before>\d{1,6})-(?P<after>\d{1,6})/$"

urlpatterns = [
    path("", lists.front, name="front"),
    path("feed.atom", feeds.site_feed, name="site_feed"),
    path("feed.json", feeds.site_feed, {"form": "json"}, name="site_json_feed"),
    # Before the sections', since one could bear the name.
    path("corrections/feed.atom", feeds.corrections_feed, name="corrections_feed"),
    path(
        "corrections/feed.json",
        feeds.corrections_feed,
        {"form": "json"},
        name="corrections_json_feed",
    ),
    # A section's address may have accents, which the slug of a path may not.
    re_path(r"^(?P<slug>[-\w]+)/feed\.atom$", feeds.section_feed, name="section_feed"),
    re_path(
        r"^(?P<slug>[-\w]+)/feed\.json$",
        feeds.section_feed,
        {"form": "json"},
        name="section_json_feed",
    ),
    re_path(
        r"^(?P<slug>[-\w]+)/corrections\.(?P<form>atom|json)$",
        feeds.section_corrections_feed,
        name="section_corrections_feed",
    ),
    path("search/", search.search_page, name="search"),
    path("people/<slug:slug>/", lists.person, name="person"),
    path("topics/<slug:slug>/", lists.topic, name="topic"),
    path("corrections/", record.corrections, name="corrections"),
    path("corrections/policy/", lists.policy, name="corrections_policy"),
    re_path(_STORY + r"$", story.article, name="article"),
    re_path(_STORY + r"quote/(?P<number>\d{1,3})/$", quotes.quote, name="quote"),
    re_path(
        _STORY + r"quote/(?P<version>\d{1,6})-(?P<number>\d{1,3})\.png$",
        quotes.quote_picture,
        name="quote_picture",
    ),
    re_path(
        _STORY + r"card/(?P<version>\d{1,6})\.png$", quotes.story_picture, name="story_picture"
    ),
    re_path(_STORY + r"history/$", history.history, name="history"),
    re_path(_STORY + _HISTORY_OF_TWO, history.compare, name="compare"),
    re_path(_STORY + r"comments/$", threads.thread, name="thread"),
    re_path(
        _STORY + r"comments/(?P<comment_id>\d{1,18})/report/$",
        threads.report,
        name="report_comment",
    ),
    re_path(_STORY + r"report/$", reports.report, name="report_error"),
    re_path(_STORY + r"report/thanks/$", reports.thanks, name="report_thanks"),
    re_path(_STORY + r"tell/$", tips.tell, name="tell"),
    re_path(_STORY + r"follow/$", follows.follow, name="follow"),
    re_path(_STORY + r"follow/asked/$", follows.asked, name="follow_asked"),
    path("follow/<slug:token>/", follows.stop, name="follow_stop"),
    path("follow/<slug:token>/confirm/", follows.confirm, name="follow_confirm"),
    path("comments/<int:article_id>/", comments.comments, name="comments"),
    path(
        "comments/<int:article_id>/appeal/<int:comment_id>/",
        comments.appeal,
        name="comment_appeal",
    ),
]

machine_urlpatterns = [
    path("corrections/log.json", record.chain_log, name="chain_log"),
    path("corrections/record-key.json", record.record_key, name="record_key"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("news-sitemap.xml", feeds.news_sitemap, name="news_sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
]
