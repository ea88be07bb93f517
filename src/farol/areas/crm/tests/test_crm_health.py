"""The page of data health and the checks asked again."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.urls import reverse

from farol.areas.crm.models import QualityRun
from farol.areas.crm.quality.queries import records, scores, states
from farol.areas.crm.tests.company import END, ROWS, at, changed, company, published  # noqa: F401
from farol.engines.warehouse.commands import check_command
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, Principal
from farol.platform.audit.models import Entry

pytestmark = pytest.mark.django_db


def person(client, role: str):
    user = User.objects.create(email=f"{role}@empresa.com.br", name=role)
    user.roles.add(Role.objects.get(slug=role))
    client.force_login(user)
    return client


def test_the_page_lists_checks_and_records(company, client):  # noqa: F811
    manager = person(client, "manager")
    page = manager.get(reverse("crm:health"), {"check": "won_without_value"})
    assert page.status_code == 200
    assert [r.name for r in page.context["records"]] == ["Negócio won-without-price"]
    assert page.context["states"][0].passed is False
    assert manager.get(reverse("crm:health"), {"check": "nope"}).context["chosen"] is None


def test_without_data_the_page_says_what_to_do(db, settings, tmp_path, client):
    settings.FAROL_HOME = tmp_path
    assert person(client, "manager").get(reverse("crm:health")).context["version"] is None


def test_a_fault_has_stood_since_it_was_first_found(company):  # noqa: F811
    first = QualityRun.objects.filter(check_name="won_without_value").get().at
    published(changed(lead=lambda leads: [r for r in leads if r["id"] != "n01"]))
    state = next(s for s in states() if s.name == "won_without_value")
    assert (state.passed, state.since, state.hard) == (False, first, False)
    assert "1" in state.sentence


def test_records_follow_the_rights_of_the_person(company):  # noqa: F811
    assert len(records("no_responsible", OPERATOR)) == 2
    assert records("no_responsible", Principal(frozenset({"sources.view"}))) == []
    assert records("lossless", OPERATOR) == []


def test_the_scores_are_worked_out_on_the_word_the_classifier_uses(company):  # noqa: F811
    found = scores()
    made = [r for r in ROWS["lead"] if at("2026-10-22 00:00") <= r["created_at"] < END and not r["deleted"]]
    plain = [r for r in made if not r.get("utm_source")]
    said = {"utm_source", "utm_medium", "origin", "gclid"}
    nameless = [r for r in made if not any(r.get(field) for field in said)]
    assert found.leads == len(made)
    assert [part.share for part in found.parts][:2] == [
        100 * len(plain) / len(made),
        100 * len(nameless) / len(made),
    ]
    assert [part.bad for part in found.parts] == [False, False, False]
    assert found.overall == pytest.approx(sum(100 - p.share for p in found.parts) / 3)


def test_check_now_asks_again_and_is_audited(company, client):  # noqa: F811
    before = QualityRun.objects.count()
    assert person(client, "manager").post(reverse("crm:health-check")).status_code == 302
    assert QualityRun.objects.count() > before
    assert Entry.objects.get(code="crm.checked").target == "crm"


def test_the_command_prints_json_and_ends_with_one_where_a_hard_check_fails(company, monkeypatch):  # noqa: F811
    done = CliRunner().invoke(check_command, ["crm", "--json"])
    body = json.loads(done.stdout)
    assert (done.exit_code, body["passed"], body["data_version"], body["complete_until"]) == (
        0,
        True,
        "1",
        "2026-11-20",
    )
    by_name = {entry["check"]: entry for entry in body["checks"]}
    assert by_name["keys_unique"] == {
        "check": "keys_unique", "label": by_name["keys_unique"]["label"], "passed": True, "hard": True, "detail": "",
        "params": {}, "remedy": "",
    }  # fmt: skip
    assert by_name["lossless"]["passed"] is None
    assert by_name["no_responsible"]["params"] == {"count": 2}
    assert by_name["no_responsible"]["remedy"]
    monkeypatch.setattr("farol.areas.crm.quality.whole.KEYED", {"activity": ("connection_id",)})
    assert CliRunner().invoke(check_command, ["crm", "--json"]).exit_code == 1
