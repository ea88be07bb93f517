"""The same versions as files that a Spark Connect server reads: Sail, which needs no Java."""

from __future__ import annotations

import pytest

from farol.core.errors import Unavailable
from farol.engines.metrics import Query, parse_period
from farol.engines.metrics.answer import answer
from farol.engines.metrics.tests.engines import sail
from farol.engines.warehouse import dataset, open_reader, rollback, spark, versions
from farol.engines.warehouse.store import current_store
from farol.platform.accounts.principal import OPERATOR

from .odd_values import ODD, every_value_comes_back
from .sending import amounts, send

pytestmark = [pytest.mark.engines, pytest.mark.django_db]


@pytest.fixture(scope="module")
def server():
    with sail() as address:
        yield address
        spark._sessions.forget()


@pytest.fixture
def share(server, settings, tmp_path):
    """The folder of the published versions."""
    settings.FAROL_HOME, settings.FAROL_WAREHOUSE_KEEP = tmp_path / "home", 2
    settings.FAROL_WAREHOUSE = f"{server}/?share={tmp_path / 'share'}"
    return tmp_path / "share"


def test_versions_rollback_and_cleaning(share, tmp_path):
    with pytest.raises(Unavailable):
        open_reader("payments")
    send(tmp_path, "10.00", "0.01")
    assert send(tmp_path, "10.00", "0.01").rows_unchanged == 2
    send(tmp_path, "99.99", "0.01", day="2025-02-21")
    with open_reader("payments") as reader:
        assert reader.dialect == "spark"
        (row,) = answer(reader, Query("payments", ["tpv"], period=parse_period("2025-02-21"), compare=["w1"]), {}).rows
        assert [str(row["tpv"]), str(row["compare"]["tpv"]["w1"].base)] == ["100.00", "10.01"]
    assert amounts() == [1000, 1, 9999, 1]
    assert rollback("payments", None, OPERATOR).name == "1"
    assert amounts() == [1000, 1]
    assert send(tmp_path, "7.00", day="2025-02-22").data_version == "3"
    assert amounts() == [1000, 1, 700]
    send(tmp_path, "8.00", day="2025-02-23")
    assert [v.name for v in versions("payments")] == ["4", "3"]
    assert sorted(p.name for p in (share / "payments").iterdir()) == ["catalog.json", "v3", "v4"]


def test_what_a_killed_publication_leaves_is_never_seen_and_goes(share, tmp_path, monkeypatch):
    send(tmp_path, "1.00")

    def killed(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(spark, "write_catalog", killed)
        with pytest.raises(KeyboardInterrupt):
            send(tmp_path, "2.00", day="2025-02-15")
    assert amounts() == [100]
    assert send(tmp_path, "4.00", day="2025-02-16").data_version == "2"
    assert amounts() == [100, 400]


def test_every_value_comes_back_as_it_was(share, monkeypatch):
    monkeypatch.setattr(dataset, "all_datasets", lambda: (ODD,))
    every_value_comes_back()


def test_a_server_that_is_gone_is_said_at_once(share, tmp_path, settings):
    send(tmp_path, "1.00")
    settings.FAROL_WAREHOUSE = f"sc://127.0.0.1:1/?share={share}"
    with pytest.raises(Unavailable):
        open_reader("payments")


def test_an_address_without_a_folder_is_refused(settings):
    settings.FAROL_WAREHOUSE = "sc://127.0.0.1:15002/"
    with pytest.raises(Unavailable, match="share"):
        current_store()
