import pytest

from transforms.email_domains import domain_of, known_domain


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna@example.org", "example.org"),
        (" Anna.B+x@IT.Example.ORG. ", "it.example.org"),
        ("Anna Berg <anna@stadtwerke-nordhafen.example>", "stadtwerke-nordhafen.example"),
        ("anna@münchen.example", "münchen.example"),
        ("@anna", None),
        ("@anna@mastodon.example", None),
        ("anna@localhost", None),
        ("a@b.example, c@d.example", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_cut_to_its_domain(address: str | None, domain: str | None) -> None:
    assert domain_of(address) == domain


NAMED = ("example.org", "it.example.org", "partner.example")


@pytest.mark.parametrize(
    ("domain", "stored"),
    [
        ("example.org", "example.org"),
        ("mail.example.org", "example.org"),
        ("it.example.org", "it.example.org"),
        ("dev.it.example.org", "it.example.org"),
        ("notexample.org", None),
        ("private.example", None),
        (None, None),
    ],
)
def test_of_a_domain_only_what_the_settings_name_is_known(
    domain: str | None, stored: str | None
) -> None:
    assert known_domain(domain, NAMED) == stored
    # What was stored can be narrowed down again as if the domain itself were there.
    assert known_domain(stored, ("example.org",)) == known_domain(domain, ("example.org",))
