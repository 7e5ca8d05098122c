import pytest

from transforms.alert_sentences import alert_sentence, decimal

SHARE = {
    "scope": "channel",
    "item": "intranet",
    "week": "2025-W40",
    "head": "sentiment",
    "label": "negative",
    "direction": "up",
    "share": 0.523,
    "ci_low": 0.43,
    "ci_high": 0.615,
    "share_before": 0.301,
    "ci_low_before": 0.25,
    "ci_high_before": 0.35,
    "comment_count": 112,
    "author_count": 80,
    "comment_count_before": 401,
    "week_count_before": 4,
}
VOLUME = SHARE | {
    "head": "volume",
    "label": "comments",
    "scope": "overall",
    "item": "(all)",
    "difference": 0.1172,
    "difference_low": 0.013,
    "difference_high": 0.336,
}


def test_an_alert_of_a_share_names_both_numbers_with_intervals_and_n() -> None:
    assert alert_sentence(SHARE, "en") == (
        "Channel intranet, week 40 (29 Sep to 5 Oct 2025): negative (sentiment) up from 30 % [25 "
        "to 35] to 52 % [43 to 62] (112 comments of 80 people; 401 comments before)."
    )


def test_an_alert_is_told_in_german_too() -> None:
    assert alert_sentence(SHARE, "de") == (
        "Kanal intranet, KW 40 (29.09. bis 05.10.2025): negativ (Stimmung) gestiegen von 30 % "
        "[25 bis 35] auf 52 % [43 bis 62] (112 Kommentare von 80 Personen; davor 401 Kommentare)."
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "All comments, week 40 (29 Sep to 5 Oct 2025): 112 comments, up from 100.2 a week "
            "before (+12 % [+1 to +34]).",
        ),
        (
            "de",
            "Alle Kommentare, KW 40 (29.09. bis 05.10.2025): 112 Kommentare, gestiegen von 100,2 "
            "je Woche davor (+12 % [+1 bis +34]).",
        ),
    ],
)
def test_an_alert_of_a_volume_names_the_mean_and_the_change_with_its_interval(
    language: str, sentence: str
) -> None:
    assert alert_sentence(VOLUME, language) == sentence  # type: ignore[arg-type]


def test_one_comment_is_no_comments() -> None:
    few = VOLUME | {"comment_count": 1}
    assert "week 40 (29 Sep to 5 Oct 2025): 1 comment, up" in alert_sentence(few, "en")
    assert "KW 40 (29.09. bis 05.10.2025): 1 Kommentar, gestiegen" in alert_sentence(few, "de")


def test_a_fall_of_a_volume_is_told_below_zero() -> None:
    fall = {"difference": -1.0, "difference_low": -1.0, "difference_high": -0.891}
    told = alert_sentence(VOLUME | fall | {"direction": "down", "comment_count": 0}, "en")
    assert told.endswith("0 comments, down from 100.2 a week before (-100 % [-100 to -89]).")


def test_posts_and_topics_are_called_as_people_call_them() -> None:
    post = SHARE | {"scope": "post", "item": "blog:17", "direction": "down"}
    assert alert_sentence(post, "de", {"blog:17": "Cloud zuerst"}).startswith(
        "Beitrag Cloud zuerst, KW 40 (29.09. bis 05.10.2025): negativ (Stimmung) gesunken"
    )
    topic = SHARE | {"scope": "overall", "head": "topic", "label": "cost"}
    assert "Kosten (Thema)" in alert_sentence(topic, "de", {"cost": "Kosten"})


def test_whole_numbers_have_no_decimal() -> None:
    assert [decimal(value, "en") for value in (3.0, 3.25)] == ["3", "3.2"]
