import polars as pl

from models.tables.segment import SEGMENT
from transforms.segments import SegmentRule, segments_of

COLUMNS = ("comment_id", "channel", "community", "site", "email_domain", "author_key")

EMPLOYEES = SegmentRule(
    "employees",
    channels=("Viva Engage", "intranet"),
    groups=("IT-*", "general"),
    email_domains=("nordhafen.example",),
    author_keys=frozenset({"anna"}),
)
PARTNERS = SegmentRule("partners", email_domains=("partner.example",))


def comments(**fields: str | None) -> pl.DataFrame:
    """One comment, about which nothing is known but `fields`."""
    row = dict.fromkeys(COLUMNS) | {"comment_id": "c", "channel": "x", "site": ""} | fields
    return pl.DataFrame([row], schema=dict.fromkeys(COLUMNS, pl.String))


def told(*rules: SegmentRule, before: pl.DataFrame | None = None, **fields: str | None) -> object:
    """The segment and its basis of one comment."""
    known = SEGMENT.empty() if before is None else before
    (row,) = (
        segments_of(comments(**fields), rules, "public", known).select("segment", "basis").rows()
    )
    return row


def test_each_kind_of_condition_puts_a_comment_in_its_segment() -> None:
    assert told(EMPLOYEES, channel="intranet") == ("employees", "channel")
    assert told(EMPLOYEES, community="it-forum") == ("employees", "group")
    assert told(EMPLOYEES, site="general") == ("employees", "group")
    assert told(EMPLOYEES, email_domain="nordhafen.example") == ("employees", "email domain")
    assert told(EMPLOYEES, author_key="anna") == ("employees", "author list")


def test_whoever_no_rule_is_met_by_is_of_the_default() -> None:
    assert told(EMPLOYEES, PARTNERS, author_key="bert") == ("public", "default")


def test_the_first_rule_that_is_met_counts() -> None:
    both = {"channel": "intranet", "email_domain": "partner.example"}
    assert told(EMPLOYEES, PARTNERS, **both) == ("employees", "channel")
    assert told(PARTNERS, EMPLOYEES, **both) == ("partners", "email domain")


def test_a_stored_domain_below_a_named_one_meets_it() -> None:
    assert told(PARTNERS, email_domain="it.partner.example") == ("partners", "email domain")
    assert told(PARTNERS, email_domain="notpartner.example") == ("public", "default")


def test_without_rules_nobody_is_told_apart() -> None:
    assert segments_of(comments(), [], "public", SEGMENT.empty()).is_empty()


def test_who_was_listed_stays_it_when_the_pseudonym_is_beyond_its_retention() -> None:
    before = segments_of(comments(author_key="anna"), [EMPLOYEES], "public", SEGMENT.empty())
    assert told(EMPLOYEES, before=before) == ("employees", "author list")
    # While the pseudonym is there, the list of today decides.
    assert told(EMPLOYEES, before=before, author_key="bert") == ("public", "default")
    # Of a segment that no rule names any more, nobody is.
    assert told(PARTNERS, before=before) == ("public", "default")
