import sys

import pytest

from benchmarks import guided


@pytest.mark.parametrize("name", guided.TARGETS)
def test_every_target_takes_any_bytes(name: str) -> None:
    target = guided.TARGETS[name]()
    for content in (b"", b"a;b\n1;2\n", b"\xff\x00{", b'[{"id": 1}]', b"<rss><channel/></rss>"):
        target(content)


def test_without_a_target_it_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["guided"])
    with pytest.raises(SystemExit, match="expected one of csv"):
        guided.main()
