"""Shared by the tests beside the modules and those under tests/."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    skip = pytest.mark.skip(reason="slow group: ./dev test --all")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
