import pytest

from flows.fetching.gateway import Through
from models.errors import GiveUp
from tests.loopback import Reply, platform


def test_a_platform_is_asked_at_the_gateway_under_its_own_routes() -> None:
    with platform(lambda question: Reply({"path": question.path})) as running:
        for gateway in (running.base, f"{running.base}meta"):
            with Through(gateway)("https://graph.facebook.com/v26.0/") as session:
                prefix = "/meta" if gateway.endswith("meta") else ""
                assert session.get("me") == {"path": f"{prefix}/v26.0/me"}


@pytest.mark.parametrize("gateway", ["", "gateway.example.de", "ftp://gateway.example.de"])
def test_what_is_no_address_is_told(gateway: str) -> None:
    with pytest.raises(GiveUp, match="no address"):
        Through(gateway)


def test_a_token_does_not_cross_the_net_in_the_clear() -> None:
    with pytest.raises(GiveUp, match="needs https"):
        Through("http://gateway.example.de")
