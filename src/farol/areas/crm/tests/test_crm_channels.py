"""Channel rules: what each lead becomes, in which order, and changing them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from farol.areas.crm.channels.defaults import DEFAULTS
from farol.areas.crm.channels.rules import MOST, checked
from farol.areas.crm.channels.services import current_rules, save_rules
from farol.areas.crm.channels.trying import change, judged, values_of
from farol.areas.crm.models import RuleSet
from farol.areas.crm.tests.company import changed, company, published  # noqa: F401
from farol.core.errors import BadInput, NotAllowed, NotFound
from farol.engines.warehouse import open_reader
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, Principal
from farol.platform.audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "channel", "source"),
    [
        ({"gclid": "x", "utm_source": "facebook"}, "paid", "Google Ads"),
        ({"fbclid": "x"}, "paid", "Meta Ads"),
        ({"origin": "Indicação de cliente", "utm_source": "google"}, "referral", "Indicação"),
        ({"origin": " TIK-TOK "}, "organic", "TikTok"),
        ({"origin": "1."}, "unclassified", "Não especificado"),
        ({"utm_source": "Google", "utm_medium": "CPC"}, "paid", "Google Ads"),
        ({"utm_source": "google", "utm_medium": "organic"}, "organic", "Google orgânico"),
        ({"utm_source": "google"}, "organic", "Google orgânico"),
        ({"utm_source": "fb", "utm_medium": "paid"}, "paid", "Meta Ads"),
        ({"utm_source": "instagram", "utm_medium": "social"}, "organic", "Instagram"),
        ({"utm_medium": "e-mail"}, "other", "E-mail"),
        ({"utm_medium": "email", "custom": "x", "pipeline": "Indicações"}, "other", "E-mail"),
        ({"pipeline": "Indicações", "product": "Curso"}, "referral", "Indicação"),
        ({"tag": "VIP, Prospecção ativa"}, "outbound", "Outbound"),
        ({"referrer": "https://www.google.com/"}, "organic", "Google orgânico"),
        ({"referrer": "https://outro.com.br"}, "referral", "Outro site"),
        ({}, "unclassified", "Não especificado"),
    ],
)
def test_the_first_rules_name_source_and_channel(values, channel, source):
    found = judged(values, DEFAULTS)
    assert (found.channel, found.source) == (channel, source)


def rule(test: str, value, field: str = "utm_source", **more):
    return {"field": field, "test": test, "value": value, "source": "S", "channel": "other", **more}


@pytest.mark.parametrize(
    ("test", "value", "text", "holds"),
    [
        ("equals", "São  Paulo!", "sao-paulo", True),
        ("equals", "sao", "sao paulo", False),
        ("contains", "paulo", "São Paulo", True),
        ("starts", "SÃO", "sao paulo", True),
        ("one_of", "rio, são paulo", "SAO_PAULO", True),
        ("matches", "^sao p", "São Paulo", True),
        ("present", "", "…", False),
        ("present", "", "a", True),
        ("equals", "x' OR 1=1 --", "y", False),
    ],
)
def test_tests_compare_without_accents_case_and_punctuation(test, value, text, holds):
    rules = checked([rule(test, value)])
    assert (judged({"utm_source": text}, rules).channel == "other") is holds


def test_a_second_test_must_hold_too():
    rules = checked([rule("present", "", **{"and": [{"field": "tag", "test": "equals", "value": "vip"}]})])
    assert judged({"utm_source": "a", "tag": "x, VIP"}, rules).channel == "other"
    assert judged({"utm_source": "a", "tag": "vip 2"}, rules).channel == "unclassified"


@pytest.mark.parametrize(
    "wrong",
    [
        rule("equals", ""),
        rule("equals", "!!"),
        rule("matches", "(("),
        rule("matches", "a" * 201),
        rule("equals", "a", field="responsible_id"),
        rule("like", "a"),
        {**rule("equals", "a"), "source": ""},
        {**rule("equals", "a"), "channel": "unclassified"},
        {**rule("equals", "a"), "and": [{"field": "tag", "test": "equals", "value": "a"}] * 2},
    ],
)
def test_a_wrong_rule_is_named(wrong):
    with pytest.raises(BadInput, match="2"):
        checked([rule("equals", "a"), wrong])


def test_there_is_a_limit_and_ids_are_given_once():
    with pytest.raises(BadInput):
        checked([rule("equals", "a")] * (MOST + 1))
    assert [r["id"] for r in checked([rule("equals", "a", id="r01"), rule("equals", "b")])] == ["r01", "r02"]
    with pytest.raises(BadInput):
        checked([rule("equals", "a", id="x"), rule("equals", "b", id="x")])


def test_saving_makes_the_next_version_audited_and_the_build_uses_it(company):  # noqa: F811
    assert current_rules() == (0, DEFAULTS)
    wanted = [rule("contains", "negocio", field="name")]
    with pytest.raises(NotAllowed):
        save_rules(wanted, "", Principal(frozenset({"sources.view"})))
    assert save_rules(wanted, "simples", OPERATOR).number == 1
    assert save_rules(wanted, "", OPERATOR).number == 2
    assert Entry.objects.filter(code="crm.channels_changed").count() == 2
    published()
    with open_reader("crm") as reader:
        rows = reader.rows(
            "SELECT channel, source, rule, rule_version, count(*) FROM lead GROUP BY ALL ORDER BY 5 DESC"
        )
    assert rows == [("other", "S", "r01", 2, 59), ("unclassified", "Não especificado", "unclassified", 2, 1)]


def test_what_a_change_would_do_is_counted_before_it_is_saved(company):  # noqa: F811
    assert change(DEFAULTS, DEFAULTS).changed == 0
    found = change(DEFAULTS, DEFAULTS[1:])  # without the rule of Google's click id
    assert (found.leads, found.changed) == (60, 1)


def test_values_of_a_lead_can_be_tried(company):  # noqa: F811
    values = values_of("n00")
    assert (values["utm_source"], values["pipeline"]) == ("google", "Vendas")
    with pytest.raises(NotFound):
        values_of("nobody-knows")


def test_a_file_may_say_the_channel_itself(db, settings, tmp_path):
    settings.FAROL_HOME = tmp_path

    def given(leads):
        return [{**r, "source_id": "channel:paid", "source_name": "display"} if r["id"] == "n00" else r for r in leads]

    published(changed(lead=given))
    with open_reader("crm") as reader:
        assert reader.rows("SELECT channel, source, rule FROM lead WHERE lead_id = 'n00'") == [
            ("paid", "display", "file")
        ]


@pytest.fixture
def manager(client):
    user = User.objects.create(email="rui@empresa.com.br", name="Rui")
    user.roles.add(Role.objects.get(slug="manager"))
    client.force_login(user)
    return client


def form_of(rules, **more):
    also = [(r["and"] or [{"field": "", "test": "equals", "value": ""}])[0] for r in rules]
    text = [", ".join(r["value"]) if isinstance(r["value"], list) else r["value"] for r in rules]
    said = {name: [r[name] for r in rules] for name in ("id", "field", "test", "source", "channel")}
    second = {f"and_{name}": [a[name] for a in also] for name in ("field", "test", "value")}
    return {**said, **second, "value": text, **more}


def test_the_page_moves_shows_and_saves(company, manager):  # noqa: F811
    url = reverse("crm:channels")
    assert manager.get(url).status_code == 200
    moved = manager.post(url, form_of(DEFAULTS, do="down:0"))
    assert [row["id"] for row in moved.context["rows"]][:2] == ["r02", "r01"]
    assert len(manager.post(url, form_of(DEFAULTS, do="add")).context["rows"]) == len(DEFAULTS) + 1
    assert not RuleSet.objects.exists()
    shown = manager.post(url, form_of(DEFAULTS[1:], do="show"))
    assert shown.context["change"].changed == 1
    wrong = manager.post(url, form_of([{**DEFAULTS[0], "source": ""}], do="save"))
    assert wrong.status_code == 422
    assert manager.post(url, form_of(DEFAULTS[1:], do="save", note="sem gclid")).status_code == 302
    assert RuleSet.objects.get().rules == DEFAULTS[1:]


def test_a_lead_is_tried_on_the_page(company, manager):  # noqa: F811
    url = reverse("crm:channels-try")
    assert manager.get(url).context["verdict"] is None
    assert manager.get(url, {"lead": "paid"}).context["position"] == 1
    assert manager.get(url, {"utm_source": "<script>"}).context["unclassified"] is True
    assert manager.get(url, {"lead": "nope"}).status_code == 404
