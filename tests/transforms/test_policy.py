from pathlib import Path

import pytest

from models.errors import GiveUp
from transforms.policy import Policy, Risk, policy_in

SHIPPED = Path("policy.toml")
LEGAL = Risk("legal", {"de": "Recht", "en": "Legal"}, "Rechtsabteilung", ("anwalt*",))
ATTACK = Risk("attack", {"de": "Angriff", "en": "Attack"}, "Moderation", (), is_toxic=True)


def test_the_first_risk_that_a_comment_meets_counts() -> None:
    policy = Policy((ATTACK, LEGAL))
    assert policy.risk_of("Ich nehme mir einen Anwalt!", is_toxic=True) == ATTACK
    assert policy.risk_of("Ich nehme mir einen Anwalt!", is_toxic=False) == LEGAL
    assert policy.risk_of("Ab wann gilt das?", is_toxic=False) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[a", "is not valid TOML", id="no TOML"),
        pytest.param('[a]\nwords = ["x"]', "`to` of `\\[a\\]`", id="nobody takes over"),
        pytest.param('[a]\nto = "x"\nwords = "x"', "`words` .* no list", id="words are one"),
        pytest.param('[a]\nto = "x"\ntoxic = "yes"', "expected true or false", id="no flag"),
        pytest.param('[a]\nto = "x"\nword = []', "holds `word`, expected", id="misspelt"),
        pytest.param("a = 1", "expected some of", id="no table"),
    ],
)
def test_a_text_that_cannot_be_understood_is_told_with_what_is_wrong(
    text: str, message: str
) -> None:
    with pytest.raises(GiveUp, match=message) as error:
        policy_in(text, SHIPPED)
    assert "`policy.toml`" in str(error.value)


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("Das geht jetzt an meinen Anwalt.", "legal"),
        ("In dem Tool ist eine Sicherheitslücke, siehe CVE.", "confidential"),
        ("Und wer bekommt dafür die Kündigung?", "personnel"),
        ("Gibt es eine Kündigungsfrist für den Vertrag mit dem Anbieter?", "personnel"),
        ("Ab wann gilt das im Außendienst?", None),
        ("Why so late? The old system was fine.", None),
    ],
)
def test_the_policy_that_ships_routes_what_it_should(text: str, risk: str | None) -> None:
    policy = policy_in(SHIPPED.read_text(encoding="utf-8"), SHIPPED)
    found = policy.risk_of(text, is_toxic=False)
    assert (found.name if found else None) == risk
