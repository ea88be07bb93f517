"""The published tables of the small company, against figures worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation

from farol.areas.crm.models import Forecast, Goal, QualityRun, Spend
from farol.areas.crm.tests.company import NOW, ROWS, Maker, at, changed, company, published  # noqa: F401
from farol.areas.crm.tests.selling import with_wins
from farol.core import clock
from farol.engines.warehouse import open_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    with clock.frozen(NOW):
        yield tmp_path


def ask(table: str, columns: str, where: str = "true", order: str = "1"):
    with open_reader("crm") as reader:
        sql = f"SELECT {columns} FROM {reader.table(table)} WHERE {where} ORDER BY {order}"
        return reader.rows(sql)


def said(text: str) -> str:
    """A word of the product in the language in which data are written."""
    with translation.override(settings.LANGUAGE_CODE):
        return translation.gettext(text)


def lead(ident: str, columns: str):
    return ask("lead", columns, f"lead_id = '{ident}'")[0]


def path(ident: str, columns: str = "stage, seconds, is_current"):
    return ask("stage_interval", columns, f"lead_id = '{ident}'", '"interval"')


@pytest.fixture
def small(home):
    """Publishes what a function makes of an empty company."""

    def publish(fill, **options):
        make = Maker()
        make.rows["pipeline"] = ROWS["pipeline"]
        make.rows["status"] = ROWS["status"]
        make.rows["user"] = ROWS["user"]
        fill(make)
        return published(make.rows, **options)

    return publish


def test_names_of_people(company):  # noqa: F811
    assert {row[0]: row[1] for row in ask("seller", "seller_id, seller")} == {
        "0": said("Robot"),
        "101": "Ana Souza (101)",
        "102": "Bruno Lima",
        "103": "Carla Dias",
        "104": "Samuel Tavares",
        "105": "Ana Souza (105)",
        "106": "Diego Melo",
        "999": said("former user %(id)s") % {"id": 999},
    }
    assert lead("nobody", "responsible_id, responsible, team") == ("", "", "")
    assert lead("former-user", "responsible") == (said("former user %(id)s") % {"id": 999},)


def test_days_are_local_whatever_the_second(company):  # noqa: F811
    assert lead("last-second", "created_day, closed_day, cycle_days") == (
        dt.date(2026, 10, 31),
        dt.date(2026, 10, 31),
        0,
    )
    assert lead("midnight", "created_day, closed_day") == (dt.date(2026, 11, 1),) * 2
    assert lead("summer-time", "created_day, created_at") == (dt.date(2018, 11, 4), dt.datetime(2018, 11, 4, 3, 30))


def test_a_stage_ends_where_the_next_begins_and_the_first_is_what_was_left(company):  # noqa: F811
    day = 86_400
    assert path("back-and-lost", "stage, seconds, advanced, regressed, lost_here, lost_later, is_final, left_day") == [
        ("Incoming leads", day, 1, 0, 0, 1, 0, dt.date(2026, 9, 2)),
        ("Apresentação", 2 * day, 0, 1, 0, 1, 0, dt.date(2026, 9, 4)),
        ("Qualificação", 4 * day, 0, 0, 1, 1, 0, dt.date(2026, 9, 8)),
        ("Venda perdida", 0, 0, 0, 0, 0, 1, dt.date(2026, 9, 8)),
    ]


def test_final_stages_collect_no_hours_and_reopened_leads_go_on(company):  # noqa: F811
    assert path("reopened", "stage, seconds > 0, is_final, is_current") == [
        ("Incoming leads", True, 0, 0),
        ("Venda perdida", False, 1, 0),
        ("Apresentação", True, 0, 1),
    ]
    assert lead("reopened", "status, closed_day, cycle_days, open") == ("open", None, None, 1)


def test_open_stages_run_to_the_end_of_the_data_not_to_now(company):  # noqa: F811
    (last,) = path("robot", "seconds, left_at")
    assert last == (at("2026-11-21 00:00") - at("2026-09-01 08:00"), None)


def test_a_move_between_pipelines_is_lateral(company):  # noqa: F811
    assert path("to-partners", 'pipeline, stage, "lateral", advanced') == [
        ("Vendas", "Incoming leads", 0, 1),
        ("Vendas", "Qualificação", 1, 0),
        ("Parcerias", "Proposta", 0, 0),
    ]


def test_what_is_missing_in_the_history_is_a_fault(company):  # noqa: F811
    assert path("history-gap", "stage, entered_day")[-1] == ("Negociação", dt.date(2026, 9, 20))
    assert path("unknown-stage", "stage, stage_order")[-1] == (said("(stage %(id)s)") % {"id": 99}, 10)
    faults = dict(ask("fault", "check_name, list(lead_id ORDER BY lead_id)", "true GROUP BY 1"))
    assert faults["history_gap"] == ["history-gap"]
    assert faults["unknown_stage"] == ["unknown-stage"]
    assert faults["closed_before_created"] == ["closed-before"]
    assert faults["won_without_value"] == ["won-without-price"]
    assert faults["no_responsible"] == ["nobody", "robot"]
    assert ("hostile" in faults["no_source"], "deleted" in faults["no_source"]) == (True, False)


def test_response_is_the_first_answer_after_creation_and_nothing_is_thrown_away(company):  # noqa: F811
    assert lead("slow-answer", "response_seconds") == (8 * 86_400,)
    assert lead("by-contact", "response_seconds, last_inbound_at") == (1800, dt.datetime(2026, 10, 3, 13, 0))
    friday = at("2026-10-05 08:10") - at("2026-10-02 18:30")
    assert lead("friday-night", "response_seconds, business_response_seconds") == (friday, 600)
    assert lead("reopened", "response_seconds, business_response_seconds") == (None, None)


def test_business_seconds_skip_a_holiday(small):
    def fill(make):
        make.lead("over-independence-day", [("2026-09-04 17:00", "11")])
        make.event("outgoing_chat_message", "over-independence-day", at("2026-09-08 09:00"))

    small(fill)
    assert lead("over-independence-day", "business_response_seconds") == (2 * 3600,)


def test_a_completed_task_or_a_call_answers_but_a_note_does_not(small):
    def fill(make):
        start = make.lead("a", [("2026-10-01 09:00", "11")])
        make.note("common", "a", start + 60)
        make.event("incoming_chat_message", "a", start + 120)
        make.task("call", "a", start + 10, start + 900, start + 600)
        make.task("follow_up", "a", start + 10, start + 400)

    small(fill)
    assert lead("a", "response_seconds, activities, tasks_open, tasks_overdue") == (600, 4, 1, 1)


def test_value_revenue_and_tickets(company):  # noqa: F811
    won = "won, valued, revenue_centavos, value_centavos"
    assert ask("deal", won, "lead_id = 'won-without-price'") == [(1, 0, 0, None)]
    assert ask("deal", won + ", stage", "lead_id = 'created-won'") == [(1, 1, 90_000, 90_000, "")]
    assert ask("deal", "won, lost, revenue_centavos, loss_reason, stage", "lead_id = 'back-and-lost'") == [
        (0, 1, 0, "Preço", "Qualificação")
    ]
    assert not ask("lead", "lead_id", "lead_id = 'deleted'")
    (total,) = ask("deal", "sum(revenue_centavos), sum(won), sum(lost), count(*)")
    wins = [r for r in ROWS["lead"] if r["status"] == "won"]
    lost = [r for r in ROWS["lead"] if r["status"] == "lost"]
    assert total == (sum(r["price_centavos"] for r in wins), len(wins), len(lost), len(wins) + len(lost))


def test_tasks_on_time_late_and_answers_to_contacts(small):
    def fill(make):
        start = make.lead("a", [("2026-10-01 09:00", "11")])
        make.task("follow_up", "a", start, start + 3600, start + 3600, text="Retorno ao cliente")
        make.task("meeting", "a", start, start + 3600, start + 3601)
        make.task("other", "a", start, start + 3600)
        make.task("other", "a", start, at("2026-12-01 09:00"))
        make.event("outgoing_chat_message", "a", start + 10)
        make.event("incoming_chat_message", "a", start + 10 + 86_400)
        make.event("outgoing_chat_message", "a", start + 20 + 86_400)
        make.event("robot_replied", "a", start)

    small(fill)
    columns = "completed, on_time, overdue, urgency"
    assert ask("activity", columns, "kind = 'task_follow_up'") == [(1, 1, 0, 10)]
    assert ask("activity", columns + ", meeting", "kind = 'task_meeting'") == [(1, 0, 0, 0, 1)]
    other = ask("activity", "overdue, activity_day", "kind = 'task_other'")
    assert other == [(0, dt.date(2026, 10, 1)), (1, dt.date(2026, 10, 1))]
    assert ask("activity", "contact, answered", "kind = 'message_out'", '"at"') == [(1, 1), (1, 0)]
    assert ask("activity", "outgoing, activities", "kind = 'message_in'") == [(0, 1)]


def test_a_call_is_counted_once_from_its_note(small):
    def fill(make):
        start = make.lead("a", [("2026-10-01 09:00", "11")])
        make.note("call_out", "a", start + 60, duration=75, call_status=4, uniq="u")
        make.event("outgoing_call", "a", start + 60, note_id=make.rows["note"][-1]["id"])
        make.event("incoming_call", "a", start + 120, note_id="never-read")

    small(fill)
    assert ask("activity", "kind, duration_seconds") == [("call_in", 0), ("call_out", 75)]


def test_what_people_wrote_goes_when_the_lead_or_the_contact_is_deleted(small):
    def fill(make):
        for lead, deleted in (("a", False), ("b", True)):
            start = make.lead(lead, [("2026-10-01 09:00", "11")], deleted=deleted)
            make.note("common", lead, start + 60, text=f"nota {lead}")
        for contact, deleted in (("c", False), ("d", True)):
            make.add("contact", contact, 0, name="", lead_ids='["a"]', deleted=deleted)
            about = {"entity_type": "contacts", "entity_id": contact, "lead_id": None}
            make.note("common", "", start + 90, text=f"nota {contact}", **about)
        make.task("call", "a", start, start + 60, text="ligar")

    small(fill)
    assert ask("activity_text", "text") == [("ligar",), ("nota a",), ("nota c",)]
    assert len(ask("activity", "activity_id")) == 5


def test_a_contact_speaks_about_the_lead_that_was_open_then(small):
    def fill(make):
        make.lead("old", [("2026-09-01 09:00", "11"), ("2026-09-10 09:00", "143")], contact_id="c")
        make.lead("young", [("2026-09-20 09:00", "11")], contact_id="c")
        for day in ("2026-08-30", "2026-09-05", "2026-09-15", "2026-09-25"):
            when = at(f"{day} 10:00")
            make.event("outgoing_chat_message", "", when, entity_type="contact", entity_id="c", lead_id=None)

    small(fill)
    assert ask("activity", "lead_id", order="activity_day") == [("",), ("old",), ("old",), ("young",)]


def test_the_pipeline_of_each_day_follows_people_value_and_stage(company):  # noqa: F811
    states = ask("pipeline_state", "from_day, to_day, responsible, value_centavos", "lead_id = 'changed-hands'")
    assert states == [
        (dt.date(2026, 10, 1), dt.date(2026, 10, 9), "Bruno Lima", 50_000),
        (dt.date(2026, 10, 10), dt.date(2026, 10, 19), "Carla Dias", 50_000),
        (dt.date(2026, 10, 20), dt.date(9999, 12, 31), "Carla Dias", 80_000),
    ]
    assert ask("pipeline_state", "status, name", "lead_id = 'deleted'") == [("deleted", "")]
    open_now = ask("lead", "count(*), sum(value_centavos)", "open = 1")
    last = dt.date(2026, 11, 20)
    assert ask("pipeline_daily", "sum(open), sum(value_centavos)", f"day = DATE '{last}'") == open_now
    assert ask("pipeline_daily", "max(day)") == [(last,)]
    by_ranges = ask(
        "pipeline_state",
        "count(*), sum(value_centavos)",
        "status = 'open' AND DATE '2026-10-05' BETWEEN from_day AND to_day",
    )
    assert ask("pipeline_daily", "sum(open), sum(value_centavos)", "day = DATE '2026-10-05'") == by_ranges


def test_each_state_knows_the_win_it_belongs_to(company):  # noqa: F811
    names = ("lead_id", "from_day", "to_day", "status", "value_centavos", "won_day", "won_by", "won_centavos")
    found = [dict(zip(names, row, strict=True)) for row in ask("pipeline_state", ", ".join(names))]
    bare = [{name: row[name] for name in names[:5]} for row in found]
    told = [{**dict.fromkeys(names), **row} for row in with_wins(bare)]
    assert sorted(found, key=str) == sorted(told, key=str)
    assert {row["lead_id"] for row in found if row["won_by"]} >= {"n00", "n03"}


def test_spend_leads_and_deals_only_add_up(home):
    Spend.objects.create(first=dt.date(2026, 10, 1), last=dt.date(2026, 10, 31), channel="paid", amount=Decimal(100))
    rows = changed(lead=lambda leads: [{**r, "counts": False} if r["id"] == "last-second" else r for r in leads])
    published(rows)
    kinds = ask("intake", "kind, count(*), sum(leads), sum(cost_centavos)", "true GROUP BY 1")
    assert kinds == [("deal", 1, 0, None), ("lead", 59, 59, 2500), ("spend", 31, 0, 10_000)]
    assert ask("intake", "DISTINCT channel, source, pipeline", "kind = 'spend'") == [("paid", "", "")]
    assert ask("intake", "sum(revenue_centavos)") == ask("deal", "sum(revenue_centavos)")
    assert lead("paid", "channel, source, rule") == ("paid", "Google Ads", "r01")


def test_goals_stand_beside_what_came_and_never_come_from_it(home):
    month = dt.date(2026, 10, 1)
    Goal.objects.create(month=month, revenue=Decimal(5000), won=3, leads=20)
    Goal.objects.create(month=month, responsible_id="102", leads=5)
    published()
    (everybody, bruno) = ask("month_goal", "*", order="responsible_id")
    revenue, won = ask("deal", "sum(revenue_centavos), sum(won)", "closed_day BETWEEN '2026-10-01' AND '2026-10-31'")[0]
    leads = ask("intake", "sum(leads)", "created_day BETWEEN '2026-10-01' AND '2026-10-31'")[0][0]
    assert everybody == (month, "", "", "", 500_000, 3, 20, revenue, won, leads)
    assert bruno[:7] == (month, "102", "Bruno Lima", "", None, None, 5)


def test_frozen_forecasts_are_published_in_their_unit(home):
    common = {"as_of": dt.date(2026, 11, 2), "month": dt.date(2026, 11, 1), "model": "pipeline", "data_version": "1"}
    Forecast.objects.create(target="revenue", value="1500.50", low="1000", high="2000", **common)
    Forecast.objects.create(target="won", value="12", **common)
    published()
    columns = "target, value_centavos, low_centavos, actual_centavos, count_value"
    assert ask("forecast_frozen", columns) == [
        ("revenue", 150_050, 100_000, None, None),
        ("won", None, None, None, 12.0),
    ]


def test_every_check_is_kept_with_the_version(company):  # noqa: F811
    runs = {run.check_name: (run.passed, run.version) for run in QualityRun.objects.all()}
    assert runs["lossless"] == (True, "1")
    assert runs["won_without_value"] == (False, "1")


def test_an_edit_replaces_status_owner_and_value_everywhere(company):  # noqa: F811
    later = at("2026-11-20 12:00")

    values = {"status": "won", "status_id": "142", "closed_at": later, "updated_at": later}
    values |= {"price_centavos": 77_700, "responsible_id": "104"}

    def edited(leads):
        return [{**r, **values} if r["id"] == "robot" else r for r in leads]

    published(changed(lead=edited))
    assert lead("robot", "status, responsible, value_centavos, closed_day") == (
        "won",
        "Samuel Tavares",
        77_700,
        dt.date(2026, 11, 20),
    )
    assert ask("deal", "revenue_centavos, stage", "lead_id = 'robot'") == [(77_700, "")]


def test_two_builds_of_the_same_rows_are_equal(company):  # noqa: F811
    def everything():
        with open_reader("crm") as reader:
            names = [t.name for t in reader.dataset.tables]
            return {name: reader.rows(f"SELECT * FROM {reader.table(name)} ORDER BY ALL") for name in names}

    before = everything()
    published()
    assert everything() == before
