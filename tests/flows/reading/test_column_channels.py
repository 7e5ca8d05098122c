import pytest

from flows.reading.column_channels import channel_sign


@pytest.mark.parametrize(
    ("header", "channel"),
    [
        ("Video ID,Text", "youtube"),
        ("tweet_id,text", "x"),
        ("snippet.videoId", "youtube"),
        ("id,text,referenced_tweets.replied_to.id", "x"),
        ("a", ""),
    ],
)
def test_some_columns_give_the_channel_away(header, channel):
    assert channel_sign(header.split(","), {}, []) == channel


def test_links_that_all_lead_to_one_channel_give_it_away():
    linked = [{"url": "https://www.linkedin.com/feed/1"}, {"url": "https://linkedin.com/2"}]
    assert channel_sign(["url"], {"permalink": "url"}, linked) == "linkedin"
    mixed = [*linked, {"url": "https://x.com/1"}, {"url": "http://[broken"}]
    assert channel_sign(["url"], {"permalink": "url"}, mixed) == ""
