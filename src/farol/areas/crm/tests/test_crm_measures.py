"""The figures of a small company, reckoned a second time from its rows; own rows through every door."""

from __future__ import annotations

import datetime as dt
import json
import statistics
from collections import defaultdict
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.test import Client

from farol.areas.crm.metrics import MODELS
from farol.areas.crm.models import Spend
from farol.areas.crm.people import own_ids, own_rank
from farol.areas.crm.tests.company import NOW, ROWS, ZONE, company, published
from farol.cli.root import build
from farol.core import clock
from farol.core.errors import NotAllowed
from farol.engines.metrics import Query, get_model, parse_period, run
from farol.engines.metrics.drill import rows_behind
from farol.engines.metrics.output import as_json
from farol.engines.metrics.reopen import open_receipt, rows_of_receipt
from farol.engines.sources.models import PersonLink
from farol.engines.warehouse import open_reader
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, Principal, principal_of

pytestmark = pytest.mark.django_db
__all__ = ["company"]
AUTUMN = parse_period("2026-09-01..2026-11-20")
OCTOBER = parse_period("2026-10")


def local_day(seconds: int) -> dt.date:
    return dt.datetime.fromtimestamp(seconds, ZONE).date()


LEADS = [lead for lead in ROWS["lead"] if not lead["deleted"]]
CLOSED = [lead for lead in LEADS if lead["status_id"] in ("142", "143")]


def inside(day: dt.date, period=AUTUMN) -> bool:
    return period.start <= day <= period.end


def median(values: list[float]) -> float:
    return statistics.median(values)


def p90(values: list[float]) -> float:
    return statistics.quantiles(values, n=10, method="inclusive")[8]


def ask(model: str, *measures: str, by=(), who=SYSTEM, period=AUTUMN, **options):
    return run(Query(model, measures, by, period=period, **options), who).rows


def close(found, wanted) -> bool:
    return abs(Decimal(found) - Decimal(repr(float(wanted)))) < Decimal("0.000001")


def test_the_figures_agree_with_the_rows(company):
    deals_by_closing()
    leads_by_creation()
    first_responses()
    tasks_and_stays()
    whole_and_parts()
    the_month_before()


def deals_by_closing():
    won = [lead for lead in CLOSED if lead["status_id"] == "142" and inside(local_day(lead["closed_at"]))]
    lost = [lead for lead in CLOSED if lead["status_id"] == "143" and inside(local_day(lead["closed_at"]))]
    valued = [lead["price_centavos"] for lead in won if lead["price_centavos"]]
    cycles = [max(0, (local_day(lead["closed_at"]) - local_day(lead["created_at"])).days) for lead in won]
    (row,) = ask("deals", *get_model("deals").measures_by_name)
    assert (row["won"], row["lost"], row["deals"]) == (len(won), len(lost), len(won) + len(lost))
    assert row["revenue"] == Decimal(sum(valued)) / 100
    assert close(row["average_ticket"], sum(valued) / 100 / len(valued))
    assert close(row["revenue_per_won"], sum(valued) / 100 / len(won))
    assert row["won_without_value"] == len(won) - len(valued) == 1
    assert close(row["win_rate"], 100 * len(won) / (len(won) + len(lost)))
    assert close(row["cycle_days_mean"], statistics.mean(cycles))
    assert close(row["cycle_days_median"], median(cycles))
    assert close(row["cycle_days_p90"], p90(cycles))


def leads_by_creation():
    created = [lead for lead in LEADS if inside(local_day(lead["created_at"]))]
    won = [lead for lead in created if lead["status_id"] == "142"]
    (row,) = ask("leads", "leads", "won", "revenue", "conversion")
    assert (row["leads"], row["won"]) == (len(created), len(won))
    assert row["revenue"] == Decimal(sum(lead["price_centavos"] or 0 for lead in won)) / 100
    assert close(row["conversion"], 100 * len(won) / len(created))


def first_responses():
    touches = defaultdict(list)
    for event in ROWS["event"]:
        lead = event["lead_id"] or ("by-contact" if event["entity_id"] == "c1" else "")
        if event["type"] == "outgoing_chat_message":
            touches[lead].append(event["created_at"])
    for note in ROWS["note"]:
        touches[note["lead_id"]].append(note["created_at"])
    for task in ROWS["task"]:
        if task["completed"]:
            touches[task["lead_id"]].append(task["completed_at"])
    hours = [
        (min(after) - lead["created_at"]) / 3600
        for lead in LEADS
        if inside(local_day(lead["created_at"]))
        and (after := [at for at in touches[lead["id"]] if at > lead["created_at"]])
    ]
    names = [f"first_response_hours_{s}" for s in ("mean", "median", "p90")]
    (row,) = ask("leads", *names, "answered_share", "leads")
    for name, value in zip(names, (statistics.mean(hours), median(hours), p90(hours)), strict=True):
        assert close(row[name], value)
    assert close(row["answered_share"], 100 * len(hours) / row["leads"])


def tasks_and_stays():
    tasks = [task for task in ROWS["task"] if inside(local_day(task["created_at"]))]
    done = [task for task in tasks if task["completed"]]
    punctual = [task for task in done if task["completed_at"] <= task["due_at"]]
    (row,) = ask("activities", "completed", "completion", "on_time", "meetings", "follow_ups")
    assert (row["completed"], row["meetings"]) == (len(done), sum(task["kind"] == "meeting" for task in tasks))
    assert close(row["completion"], 100 * len(done) / len(tasks))
    assert close(row["on_time"], 100 * len(punctual) / len(done))
    for row in ask("stages", "entered", "still_there", "moved_on", "lost", by=["stage"]):
        if row["stage"] not in ("Venda ganha", "Venda perdida"):
            assert row["entered"] == row["still_there"] + row["moved_on"] + row["lost"]
    (row,) = ask("pipeline", "open_deals")
    assert row["open_deals"] == sum(lead["status_id"] not in ("142", "143") for lead in LEADS)


def whole_and_parts():
    for model in MODELS:
        for measure in model.measures:
            if measure.additive:
                (whole,) = ask(model.name, measure.name)
                for by in ("responsible", "channel", "pipeline", "month"):
                    parts = [row[measure.name] for row in ask(model.name, measure.name, by=[by])]
                    known = [part for part in parts if part is not None]
                    assert sum(known) == (whole[measure.name] or 0), (model.name, measure.name, by)


def the_month_before():
    (row,) = ask("deals", "won", "cycle_days_median", period=OCTOBER, compare=["m1"])
    (before,) = ask("deals", "won", "cycle_days_median", period=parse_period("2026-09"))
    for name in ("won", "cycle_days_median"):
        assert row["compare"][name]["m1"].base == before[name]
    sunday = parse_period("2026-10-25")
    assert ask("deals", "won", "lost", period=sunday) == [{"won": 0, "lost": 0}]


def test_cost_is_what_was_entered_and_sellers_see_their_own_rows_at_every_door(settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    first, last = OCTOBER.start, OCTOBER.end
    Spend.objects.create(first=first, last=last, channel="referral", amount=Decimal("300.00"))
    Spend.objects.create(first=first, last=last, channel="outbound", amount=Decimal("0.00"))
    with clock.frozen(NOW):
        published()
        costs()
        own_rows_at_every_door()
        places_among_peers()


def costs():
    measures = ("leads", "cost", "cost_per_lead", "revenue", "roi")
    rows = {row["channel"]: row for row in ask("leads", *measures, by=["channel"], period=OCTOBER)}
    referral = rows["referral"]
    assert referral["cost"] == 300
    assert referral["cost_per_lead"] == Decimal(300) / referral["leads"]
    assert close(referral["roi"], (referral["revenue"] - 300) / 3)
    assert (rows["organic"]["cost"], rows["organic"]["cost_per_lead"], rows["organic"]["roi"]) == (None, None, None)
    outbound = rows["outbound"]
    assert (outbound["leads"], outbound["cost"], outbound["roi"]) == (0, 0, None)


def person(email: str, role: str, number: str = "") -> User:
    user = User.objects.create_user(email, "uma senha comprida 9", name="Samuel")
    user.roles.add(Role.objects.get(slug=role))
    if number:
        PersonLink.objects.create(user=user, source="kommo", external_id=number)
    return user


def farol(*words: str) -> dict:
    done = CliRunner().invoke(build(), list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def own_rows_at_every_door():
    seller = person("samuel@example.com", "seller", "104")
    principal = principal_of(seller)
    own = [lead for lead in LEADS if lead["responsible_id"] == "104" and inside(local_day(lead["created_at"]))]
    query = Query("leads", ["leads", "first_response_hours_median"], period=AUTUMN)
    result = run(query, principal)
    assert result.rows[0]["leads"] == len(own) < len(LEADS)
    for model in MODELS:
        names = [measure.name for measure in model.measures]
        assert {row["responsible"] for row in ask(model.name, *names, by=["responsible"], who=principal)} == {
            "Samuel Tavares"
        }
        with open_reader("crm") as reader:
            behind = rows_behind(reader, Query(model, names[:1], period=AUTUMN), model.row_rules(principal))
        place = [column.name for column in behind.columns].index("responsible_id")
        assert {row[place] for row in behind.rows} == {"104"}
        assert {column.name: column.kind for column in behind.columns}["connection_id"] == "text"

    words = (
        "--measures",
        "leads,first_response_hours_median",
        "--period",
        "2026-09-01..2026-11-20",
        "--format",
        "json",
    )
    told = farol("query", "leads", *words, "--as", seller.email)
    assert told == as_json(result)
    clear = tokens.create(principal, seller, "test")[0]
    body = {"measures": list(query.measures), "period": str(AUTUMN)}
    options = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {clear}"}}
    assert Client().post("/api/v1/metrics/leads/query", body, **options).json() == told

    opened = open_receipt(run(query, SYSTEM).receipt, principal)
    assert (opened.shown, opened.agrees) == (None, None)
    assert opened.again[0]["leads"] == len(own)
    assert open_receipt(result.receipt, principal).agrees is True
    assert rows_of_receipt(opened, principal, limit=5, offset=0).total == len(own)

    stranger = principal_of(person("novo@example.com", "seller"))
    assert own_ids(stranger) == ()
    assert ask("leads", "leads", who=stranger) == [{"leads": 0}]
    assert ask("leads", "leads", by=["responsible"], who=stranger) == []
    with pytest.raises(NotAllowed):
        ask("leads", "leads", who=Principal(frozenset()))


def places_among_peers():
    principal = principal_of(User.objects.get(email="samuel@example.com"))
    rows = ask("deals", "won", "cycle_days_mean", by=["responsible"])
    won = sorted((row["won"] for row in rows), reverse=True)
    own = next(row for row in rows if row["responsible"] == "Samuel Tavares")
    place = own_rank(principal, get_model("deals"), "won", AUTUMN)
    assert place == (won.index(own["won"]) + 1, len(rows), own["won"])
    cycles = sorted(row["cycle_days_mean"] for row in rows)
    shorter = own_rank(principal, get_model("deals"), "cycle_days_mean", AUTUMN)
    assert shorter.place == cycles.index(own["cycle_days_mean"]) + 1
    assert own_rank(principal_of(User.objects.get(email="novo@example.com")), get_model("deals"), "won", AUTUMN) is None
