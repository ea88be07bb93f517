"""Shared by the tests beside the modules and those under tests/."""

from __future__ import annotations

import os

import pytest
from tools.messages import compile_catalogue

ALLOWED_SKIP = "../shared"
_forbidden_skips: list[str] = []


def pytest_configure() -> None:
    """Screens are tested in Portuguese too, and the binary catalogue is not committed."""
    compile_catalogue()


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> None:
    """Tests with real transactions end by emptying every table, which triggers of audit and books would refuse."""
    from django.db import connection
    from django.test import TransactionTestCase

    from farol.engines.ledger import triggers as books
    from farol.platform.audit import triggers

    empty = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        triggers.remove(connection)
        books.remove(connection)
        try:
            empty(self)
        finally:
            triggers.install(connection)
            books.install(connection)

    TransactionTestCase._fixture_teardown = teardown


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --all the slow groups are left out (deselected, not skipped: a skip means something is missing)."""
    left_out = set() if config.getoption("--all") else {"slow", "engines"}
    if "night" not in (config.getoption("-m") or ""):
        left_out.add("night")
    # by mark, not by keyword: folders are keywords too
    out = {item for item in items if any(item.get_closest_marker(mark) for mark in left_out)}
    config.hook.pytest_deselected(items=list(out))
    items[:] = [item for item in items if item not in out]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if ALLOWED_SKIP not in reason:
            _forbidden_skips.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """CI allows no skip but an absent ../shared."""
    if os.environ.get("CI") and _forbidden_skips and not hasattr(session.config, "workerinput"):
        print("\nskips that CI does not allow:", *_forbidden_skips, sep="\n  ")  # noqa: T201
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
