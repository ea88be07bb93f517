"""One company, loaded from Kommo and from the files it can export: what files can tell is the same."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from farol.areas.crm.files.loading import load
from farol.connectors.kommo.simulator import Simulator, World, seeded
from farol.core import clock
from farol.engines.metrics import Query, parse_period, run
from farol.engines.sources.loader import LoadRequest, silent
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import start, sync
from farol.platform.accounts.principal import SYSTEM

NOON = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)
WHOLE = parse_period("2026-07-01..2026-11-17")
LEADS = ("leads", "leads_classified", "won", "revenue", "conversion", "cost", "cost_per_lead", "roi")
DEALS = ("deals", "won", "lost", "win_rate", "revenue", "average_ticket", "revenue_per_won", "won_without_value")
CYCLES = ("cycle_days_mean", "cycle_days_median", "cycle_days_p90")
QUESTIONS = (
    *(("leads", LEADS, by) for by in ("channel", "source", "utm_campaign", "pipeline", "responsible", "month")),
    *(("deals", DEALS + CYCLES, by) for by in ("channel", "team", "pipeline", "responsible", "product", "month")),
    ("deals", ("lost",), "loss_reason"),
    ("stages", ("still_there",), "stage"),
    ("pipeline", ("open_deals", "open_value"), "responsible"),
)
MAPPING = """
[deals]
id = "ID"
name = "Lead título"
responsible = "Lead usuário responsável"
stage = "Etapa do lead"
created = "Data Criada"
closed = "Fechada em"
value = "Venda"
pipeline = "Funil de vendas"
product = "Produto"
source = "Fonte"
loss_reason = "Motivo de perda"
cost = "Custo"
tags = "Lead tags"
origin = "Origem Lead"
utm_source = "utm_source"
utm_medium = "utm_medium"
utm_campaign = "utm_campaign"
gclid = "gclid"
[deals.status]
won = ["Venda ganha", "Fechado"]
lost = ["Venda perdida"]
[users]
name = "Nome"
team = "Grupo"
"""
AMOUNTS = {"1.234,56": "1234,56", "1,234.56": "1234,56", "85.5": "85,50"}  # a sheet writes them in one way
CUSTOM = ("Produto", "Custo", "Origem Lead", "utm_source", "utm_medium", "utm_campaign", "gclid")


def answers() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What is asked, without the rows in which nothing happened."""
    found = {}
    for model, measures, by in QUESTIONS:
        rows = run(Query(model, measures, (by,), period=WHOLE), SYSTEM).rows
        found[model, by] = sorted((r for r in rows if any(r[m] for m in measures)), key=lambda r: str(r[by]))
    return found


def exported(world: World, folder: Path) -> dict[str, str]:
    """The lists as an administrator downloads them."""
    groups = {0: "Vendas", 500101: "Pós-venda"}
    users = {u["id"]: u for u in world.users}
    statuses = {(p["id"], s["id"]): (p["name"], s["name"]) for p in world.pipelines for s in p["_embedded"]["statuses"]}
    deals = [_deal(lead, users, statuses) for lead in world.leads if not lead["is_deleted"]]
    people = [{"Nome": u["name"], "Grupo": groups.get(u["rights"]["group_id"] or 0, "")} for u in users.values()]
    files = {"deals": deals, "users": people}
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return {"mapping": str(folder / "mapping.toml"), **{name: str(folder / f"{name}.csv") for name in files}}


def _deal(lead: dict[str, Any], users: dict[int, Any], statuses: dict[tuple[int, int], tuple[str, str]]) -> dict:
    inside, pipeline = lead["_embedded"], statuses[lead["pipeline_id"], lead["status_id"]]
    reason = inside.get("loss_reason") or {}
    reason = reason[0] if isinstance(reason, list) else reason
    custom = {f["field_name"]: f["values"][0]["value"] for f in lead["custom_fields_values"] or ()}
    price = f"{lead.get('price_with_minor_units') or lead['price']:.2f}"
    return {
        "ID": lead["id"],
        "Lead título": lead["name"],
        "Lead usuário responsável": users.get(lead["responsible_user_id"], {"name": ""})["name"],
        "Etapa do lead": pipeline[1],
        "Funil de vendas": pipeline[0],
        "Data Criada": _day(lead["created_at"]),
        "Fechada em": _day(lead["closed_at"]) if lead["closed_at"] else "",
        "Venda": price.replace(".", ","),
        "Fonte": (inside.get("source") or {}).get("name", ""),
        "Motivo de perda": reason.get("name", ""),
        "Lead tags": ", ".join(tag["name"] for tag in inside.get("tags") or ()),
        **{name: AMOUNTS.get(custom.get(name, ""), custom.get(name, "")) for name in CUSTOM},
    }


def _day(instant: int) -> str:
    return f"{clock.local(dt.datetime.fromtimestamp(instant, dt.UTC)):%d/%m/%Y}"


@pytest.mark.django_db
def test_files_tell_what_kommo_tells(settings, tmp_path):
    world = seeded(5, NOON, 160, 4)
    for lead in world.leads:  # of whom a file could only say "nobody"
        if lead["responsible_user_id"] not in {user["id"] for user in world.users}:
            lead["responsible_user_id"] = 9000003
    with clock.frozen(NOON):
        settings.FAROL_HOME = tmp_path / "kommo"
        settings.FAROL_KOMMO_PER_SECOND, settings.FAROL_KOMMO_PARALLEL = 50.0, 1
        with Simulator(world, per_second=1000) as simulator:
            settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = simulator.url, simulator.token
            source = find_source("kommo")
            outcome = sync(source, start(source, SYSTEM, full=True, since=None, cause="command"), full=True)
            assert outcome.status == "done", outcome.error
        kommo = answers()
        settings.FAROL_HOME = tmp_path / "files"
        settings.FAROL_HOME.mkdir()
        load(LoadRequest(extra=exported(world, settings.FAROL_HOME)), "1", silent)
        files = answers()
    for question, rows in kommo.items():
        assert rows, question
        assert files[question] == rows, question
