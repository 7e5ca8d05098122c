"""Tests that start real servers; off unless they are asked for with `-m integration`."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "integration: starts a real server on this machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the servers alone where nobody asked for them."""
    if "integration" in (config.option.markexpr or ""):
        return
    for item in items:
        if item.get_closest_marker("integration"):
            item.add_marker(pytest.mark.skip(reason="starts a server: ask with `-m integration`"))
