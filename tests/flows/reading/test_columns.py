import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.column_names import FIELDS
from flows.reading.columns import guess_columns, named_columns

PROSE = [
    "Endlich eine klare Ansage zur Cloud, danke dafür",
    "Und wer bezahlt das alles am Ende?",
    "Ich sehe das kritisch, die Schulungen fehlen noch immer",
    "Good to see some progress on the legacy systems",
    "Wann kommt das neue Ticketsystem denn nun wirklich?",
]

DAYS = [f"0{day}.11.2025 10:0{day}" for day in range(1, 6)]


def rows(**columns):
    """Rows of a sample, said column by column."""
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def sample(columns):
    return rows(**columns)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            "comment_ID,comment_post_ID,comment_author,comment_author_email,comment_author_url,"
            "comment_author_IP,comment_date,comment_date_gmt,comment_content,comment_karma,"
            "comment_approved,comment_agent,comment_type,comment_parent,user_id",
            {
                "text": "comment_content",
                "created_at": "comment_date_gmt",
                "comment_id": "comment_ID",
                "parent_id": "comment_parent",
                "post_id": "comment_post_ID",
                "author_name": "comment_author",
                "status": "comment_approved",
            },
            id="WordPress database",
        ),
        pytest.param(
            "id,thread_id,replied_to_id,group_id,sender_id,sender_name,body,attachments,created_at",
            {
                "text": "body",
                "created_at": "created_at",
                "comment_id": "id",
                "parent_id": "replied_to_id",
                "post_id": "thread_id",
                "author": "sender_id",
                "author_name": "sender_name",
            },
            id="Viva Engage",
        ),
        pytest.param(
            "ID,Startzeit,Fertigstellungszeit,E-Mail,Name,Ihr Kommentar",
            {
                "text": "Ihr Kommentar",
                "created_at": "Fertigstellungszeit",
                "comment_id": "ID",
                "author": "Name",
            },
            id="Microsoft Forms",
        ),
        pytest.param(
            "Respondent ID,Collector ID,Date Created,Date Modified,IP Address,Email Address,"
            "Open-Ended Response",
            {
                "text": "Open-Ended Response",
                "created_at": "Date Created",
                "comment_id": "Respondent ID",
                "author": "Email Address",
            },
            id="SurveyMonkey",
        ),
        pytest.param(
            "url,published,title,content,lang,extra_author_attributes.name",
            {
                "text": "content",
                "created_at": "published",
                "author": "extra_author_attributes.name",
                "permalink": "url",
                "language": "lang",
            },
            id="Talkwalker",
        ),
        pytest.param(
            "Name (click to view profile),Profile ID,Date,Likes,Comment,(view source)",
            {
                "text": "Comment",
                "created_at": "Date",
                "author": "Profile ID",
                "like_count": "Likes",
                "permalink": "(view source)",
            },
            id="ExportComments",
        ),
        pytest.param(
            "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Video ID,"
            "Comment Text",
            {
                "text": "Comment Text",
                "created_at": "Comment Create Timestamp",
                "comment_id": "Comment ID",
                "parent_id": "Parent Comment ID",
                "post_id": "Video ID",
                "author": "Channel ID",
            },
            id="YouTube Takeout",
        ),
        pytest.param(
            "video_id,comment_id,author_name,author_channel_id,text,like_count,published_at,"
            "reply_count,parent_comment_id",
            {
                "text": "text",
                "created_at": "published_at",
                "comment_id": "comment_id",
                "parent_id": "parent_comment_id",
                "post_id": "video_id",
                "author": "author_channel_id",
                "author_name": "author_name",
                "like_count": "like_count",
                "reply_count": "reply_count",
            },
            id="minet",
        ),
        pytest.param(
            "Post ID,Post Message,Post Date,Comment,Comment Date,Author,Network",
            {
                "text": "Comment",
                "created_at": "Comment Date",
                "post_id": "Post ID",
                "post_text": "Post Message",
                "post_created_at": "Post Date",
                "author": "Author",
                "channel": "Network",
            },
            id="the comment's own columns, not the post's",
        ),
        pytest.param(
            "Lfd. Nr.,Datum,Uhrzeit,1. Freitext (max. 500 Zeichen),Gefällt-mir-Angaben",
            {
                "text": "1. Freitext (max. 500 Zeichen)",
                "created_at": "Datum",
                "created_time": "Uhrzeit",
                "comment_id": "Lfd. Nr.",
                "like_count": "Gefällt-mir-Angaben",
            },
            id="German spreadsheet",
        ),
        pytest.param(
            "id,text,created_at,author.id,author.username,public_metrics.like_count,parent.text",
            {
                "text": "text",
                "created_at": "created_at",
                "comment_id": "id",
                "author": "author.id",
                "author_name": "author.username",
                "like_count": "public_metrics.like_count",
            },
            id="nested JSON",
        ),
    ],
)
def test_the_headers_of_real_exports_are_understood(header, expected):
    guess = named_columns(header.split(","))
    assert {field: guess.get(field) for field in expected} == expected
    assert len(set(guess.values())) == len(guess)


def test_the_question_of_a_survey_is_found_by_its_answers():
    columns = {"Abgegeben am": DAYS, "Alter": ["31", "45", "28", "60", "52"]}
    columns |= {"Was möchten Sie uns noch mitgeben?": PROSE}
    assert guess_columns(list(columns), sample(columns)) == {
        "text": "Was möchten Sie uns noch mitgeben?",
        "created_at": "Abgegeben am",
    }


def test_a_time_is_found_by_its_looks():
    columns = {"wann": DAYS, "Kommentar": PROSE}
    assert guess_columns(list(columns), sample(columns))["created_at"] == "wann"


def test_a_misleading_time_header_gives_way_to_a_timely_column():
    columns = {"Zeit": ["3 min", "5 min", "1 min", "9 min", "2 min"], "am": DAYS, "Text": PROSE}
    assert guess_columns(list(columns), sample(columns))["created_at"] == "am"


def test_a_column_of_counts_is_not_the_text():
    columns = {"Kommentare": [3, 0, 1, 7, 2], "Datum": DAYS, "Wortlaut": PROSE}
    assert guess_columns(list(columns), sample(columns))["text"] == "Wortlaut"


def test_a_title_that_only_comments_have_is_no_post():
    columns = {"Titel": ["a b", "c", "d", "e", "f"], "Datum": DAYS, "Text": PROSE}
    assert "post_title" not in guess_columns(list(columns), sample(columns))


def test_a_title_that_recurs_is_the_post():
    columns = {"Titel": ["Cloud"] * 3 + ["Netz"] * 2, "Datum": DAYS, "Text": PROSE}
    assert guess_columns(list(columns), sample(columns))["post_title"] == "Titel"


def test_an_id_that_several_rows_share_is_no_comment_id():
    columns = {"ID": [1, 1, 2, 2, 2], "Datum": DAYS, "Text": PROSE}
    assert "comment_id" not in guess_columns(list(columns), sample(columns))


def test_a_row_exported_twice_does_not_spoil_an_id():
    columns = {"ID": [1, 2, 3, 4, 5], "Datum": DAYS, "Text": PROSE}
    twice = [*sample(columns), sample(columns)[0]]
    assert guess_columns(list(columns), twice)["comment_id"] == "ID"


def test_names_in_a_reply_column_are_no_parent_ids():
    columns = {"ID": [1, 2, 3, 4, 5], "Antwort auf": ["", "@anna", "@ben", "@anna", ""]}
    columns |= {"Datum": DAYS, "Text": PROSE}
    assert "parent_id" not in guess_columns(list(columns), sample(columns))


def test_a_parent_without_ids_means_nothing():
    columns = {"Parent ID": ["1", "2", "1", "", "2"], "Datum": DAYS, "Text": PROSE}
    assert "parent_id" not in guess_columns(list(columns), sample(columns))


def test_a_link_that_recurs_is_that_of_the_post():
    columns = {"Link": ["https://x.com/1"] * 5, "Datum": DAYS, "Text": PROSE}
    guess = guess_columns(list(columns), sample(columns))
    assert (guess.get("post_url"), guess.get("permalink")) == ("Link", None)


@pytest.mark.parametrize(
    ("source", "is_channel"),
    [("Facebook", True), ("Twitter for iPhone", False), ("https://example.org", False)],
)
def test_a_source_is_a_channel_only_if_it_names_one(source, is_channel):
    columns = {"Quelle": [source] * 5, "Datum": DAYS, "Text": PROSE}
    assert ("channel" in guess_columns(list(columns), sample(columns))) is is_channel


def test_a_list_of_posts_is_not_taken_for_comments():
    columns = {"Post ID": ["p1", "p2", "p3", "p4", "p5"], "Publish time": DAYS}
    columns |= {"Description": PROSE, "Comments": [1, 2, 3, 4, 5], "Reach": [9, 8, 7, 6, 5]}
    guess = guess_columns(list(columns), sample(columns))
    assert "text" not in guess


@pytest.mark.parametrize(
    "name", ["Video Description (Original)", "description", "Beschreibung", "summary", "Ad Details"]
)
def test_what_describes_a_thing_is_nobodys_comment(name):
    columns = {"Erstellt am": DAYS, name: PROSE}
    assert "text" not in guess_columns(list(columns), sample(columns))


@pytest.mark.parametrize("name", ["Post Created", "videoCreateTimestamp"])
def test_the_time_of_a_post_is_not_that_of_a_comment(name):
    columns = {name: DAYS, "Message": PROSE}
    assert "created_at" not in guess_columns(list(columns), sample(columns))


def test_facepager_numbers_its_nodes_and_they_are_no_comments():
    header = ["id", "parent_id", "object_id", "object_type", "query_status", "query_type"]
    guess = guess_columns([*header, "snippet.textDisplay", "snippet.publishedAt"], [])
    assert guess["comment_id"] == "object_id"
    assert "parent_id" not in guess


def test_a_text_column_is_believed_where_no_other_can_be_it():
    columns = {"text": ["1", "2", "👍", "5", "+1"], "created_at": DAYS}
    assert guess_columns(list(columns), sample(columns))["text"] == "text"


cells = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(), st.booleans())


@given(st.lists(st.text(max_size=12), unique=True, max_size=8), st.data())
def test_no_column_is_ever_given_to_two_fields(header, data):
    row = st.fixed_dictionaries(dict.fromkeys(header, cells))
    guess = guess_columns(header, data.draw(st.lists(row, max_size=6)))
    assert len(set(guess.values())) == len(guess)
    assert set(guess) <= set(FIELDS)
    assert set(guess.values()) <= set(header)
