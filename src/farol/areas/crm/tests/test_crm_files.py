"""Leads, deals and people from files: what a mapping may say, what is refused, what becomes of the rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from farol.areas.crm.files import loading
from farol.areas.crm.stage import STAGE
from farol.core.errors import BadInput
from farol.engines.sources.loader import LoadOutcome, LoadRequest, RowsRejected, silent
from farol.engines.sources.models import LoadRun
from farol.engines.sources.tasks import load_uploaded
from farol.engines.warehouse import Build, Check, CheckFailed, Dataset, Table, open_stage
from farol.engines.warehouse.sql import Sql
from farol.platform.accounts.models import Role, User

DEALS = """id,vendedor,etapa,criado,fechado,valor,motivo
D1,Ana,Ganho,2026-01-05,2026-01-20,"1.500,00",
D2,Bia,Perdido,2026-01-06,2026-02-01,"900,00",Preço
D3,Ana,Proposta,2026-01-07,,"2.000,50",
"""
LEADS = "numero,criado,origem\nL1,2026-01-02,Google\nL2,2026-01-03,Indicação\n"
MAPPING = """
[deals]
id = "id"
responsible = "vendedor"
stage = "etapa"
created = "criado"
closed = "fechado"
value = "valor"
loss_reason = "motivo"
[deals.status]
won = ["Ganho"]
lost = ["Perdido"]
open = ["Proposta"]
"""
TABLE = Table(
    "lead", {"id": "TEXT", "status": "TEXT", "price_centavos": "BIGINT", "counts": "BOOLEAN", "day": "DATE"}, ("id",)
)


def build(build: Build) -> None:
    build.fill(
        TABLE,
        Sql("SELECT id, status, price_centavos, counts, to_timestamp(created_at)::DATE FROM lead WHERE NOT deleted"),
    )


def too_dear(audit) -> dict | None:
    dearest = audit.row("SELECT max(price_centavos) FROM candidate.lead")[0]
    return {} if (dearest or 0) > 100_000_00 else None


@pytest.fixture(autouse=True)
def dataset(settings, tmp_path, monkeypatch):
    """A dataset that shows the leads as they came in."""
    settings.FAROL_HOME = tmp_path / "home"
    settings.FAROL_HOME.mkdir()
    checks = (Check("too_dear", "dear", "Too dear.", too_dear),)
    made = Dataset("crm", "Commercial", (TABLE,), build, checks=checks, stage=STAGE)
    monkeypatch.setattr(loading, "find_dataset", lambda _name: made)
    with translation.override("en"):
        yield made


@pytest.fixture
def send(tmp_path):
    def load(mapping: str = MAPPING, **files: str) -> LoadOutcome:
        extra = {}
        for name, text in {"mapping": mapping, **files}.items():
            path = tmp_path / (name + (".toml" if name == "mapping" else ".csv"))
            path.write_text(text, encoding="utf-8")
            extra[name] = str(path)
        return loading.load(LoadRequest(extra=extra), "1", silent)

    return load


def taken_in(dataset: Dataset, table: str, *columns: str) -> set[tuple]:
    with open_stage(dataset) as stage:
        rows = stage.connection.execute(f"SELECT * FROM {table}")
        names = [d[0] for d in rows.description]
        return {tuple(row[names.index(c)] for c in columns) for row in rows.fetchall()}


def test_deals_become_leads_with_the_move_that_closed_them(send, dataset):
    outcome = send(deals=DEALS)
    assert (outcome.rows_read, outcome.rows_new, outcome.data_version) == (3, 3, "1")
    assert taken_in(dataset, "lead", "id", "status", "status_id", "price_centavos", "counts", "loss_reason") == {
        ("D1", "won", "142", 150_000, True, None),
        ("D2", "lost", "143", 90_000, True, "Preço"),
        ("D3", "open", "Proposta", 200_050, True, None),
    }
    assert taken_in(dataset, "event", "lead_id", "from_status", "to_status") == {
        ("D1", "Proposta", "142"),
        ("D2", "Proposta", "143"),
    }
    assert taken_in(dataset, "status", "name", "kind") == {("Proposta", 0), ("Ganho", 142), ("Perdido", 143)}
    assert taken_in(dataset, "user", "id", "name") == {("Ana", "Ana"), ("Bia", "Bia")}


def test_the_same_files_again_change_nothing_and_a_correction_changes_its_row(send):
    send(deals=DEALS)
    again = send(deals=DEALS)
    assert (again.rows_new, again.rows_changed, again.rows_unchanged, again.data_version) == (0, 0, 3, "1")
    mended = send(deals=DEALS.replace("1.500,00", "1.600,00").replace("2026-01-20", "2026-01-19"))
    assert (mended.rows_changed, mended.rows_unchanged, mended.data_version) == (1, 2, "2")


def test_leads_beside_deals_that_do_not_name_them_are_the_leads(send, dataset):
    mapping = MAPPING + '[leads]\ncreated = "criado"\nsource = "origem"\n'
    twice = LEADS + "L2,2026-01-03,Indicação\n"  # no number is mapped: alike rows are two leads
    assert send(mapping, deals=DEALS, leads=twice).rows_read == 6
    counted = taken_in(dataset, "lead", "id", "counts", "source_name")
    assert sorted((counts, source) for _id, counts, source in counted if counts) == [
        (True, "Google"),
        (True, "Indicação"),
        (True, "Indicação"),
    ]
    assert {row[0] for row in counted if not row[1]} == {"D1", "D2", "D3"}
    assert send(mapping, deals=DEALS, leads=twice).rows_unchanged == 6


def test_a_deal_that_names_its_lead_is_the_leads_outcome(send, dataset):
    mapping = MAPPING.replace("[deals]", '[deals]\nlead = "lead"')
    mapping += '[leads]\nid = "numero"\ncreated = "criado"\nsource = "origem"\n'
    lines = DEALS.splitlines()
    deals = "\n".join([lines[0] + ",lead", lines[1] + ",L1", lines[2] + ",L1", lines[3] + ","])
    send(mapping, deals=deals, leads=LEADS)
    assert taken_in(dataset, "lead", "id", "status", "source_name", "counts") == {
        ("L1", "won", "Google", True),
        ("L2", "open", "Indicação", True),
        ("deal-D2", "lost", None, False),
        ("deal-D3", "open", None, False),
    }


def test_bad_rows_come_back_with_their_reasons_and_nothing_is_loaded(send, dataset):
    bad = DEALS.replace("Proposta", "Outra").replace("2026-02-01", "").replace("2026-01-05", "ontem")
    with pytest.raises(RowsRejected) as refused:
        send(deals=bad)
    assert (refused.value.outcome.rows_read, refused.value.outcome.rows_rejected) == (3, 3)
    text = Path(refused.value.outcome.rejects_file).read_text(encoding="utf-8-sig")
    for reason in ("is not a day", "closed but has no closing day", "the stage is not in the mapping"):
        assert reason in text
    assert not taken_in(dataset, "lead", "id")


def test_where_a_check_refuses_the_version_the_records_are_what_they_were(send, dataset):
    send(deals=DEALS)
    before = taken_in(dataset, "lead", "id", "price_centavos"), taken_in(dataset, "mark", "name", "value")
    with pytest.raises(CheckFailed):
        send(deals=DEALS.replace("1.500,00", "150.000,00") + "D4,Ana,Proposta,2026-03-01,,1,\n")
    assert (taken_in(dataset, "lead", "id", "price_centavos"), taken_in(dataset, "mark", "name", "value")) == before


def test_a_file_without_people_keeps_their_teams(send, dataset):
    mapping = MAPPING + '[users]\nname = "nome"\nteam = "equipe"\n'
    send(mapping, deals=DEALS, users="nome,equipe\nAna,Sul\nBia,Norte\n")
    send(mapping, deals=DEALS)
    assert taken_in(dataset, "user", "name", "team") == {("Ana", "Sul"), ("Bia", "Norte")}


@pytest.mark.parametrize(
    ("mapping", "word"),
    [
        ("", "[deals]"),
        ("[deals]\nid = 'id'", "deals.stage"),
        (MAPPING.replace('closed = "fechado"', ""), "deals.closed"),
        (MAPPING.replace('value = "valor"', 'worth = "valor"'), "deals.worth"),
        (MAPPING + "[channel]\nGoogle = 'adverts'", "adverts"),
        (MAPPING.replace('["Ganho"]', '"Ganho"'), "deals.status.won"),
        ("[deals", "mapping.toml"),
    ],
)
def test_a_wrong_mapping_is_named(send, mapping, word):
    with pytest.raises(BadInput) as refused:
        send(mapping, deals=DEALS)
    assert word in str(refused.value.detail)


@pytest.mark.parametrize("name", ["valor", "criado"])
def test_a_column_that_is_not_there_is_named(send, name):
    with pytest.raises(BadInput) as refused:
        send(MAPPING.replace(f'"{name}"', '"missing one"'), deals=DEALS)
    assert "missing one" in str(refused.value.detail)


# the pages


@pytest.fixture
def sender(client, db) -> User:
    user = User.objects.create_user(email="manager@example.com", password="long enough 123")
    role = Role.objects.create(slug="test-upload", name="upload", rights=["upload", "sources.view"])
    user.roles.add(role)
    client.force_login(user)
    return user


def send_page(client, text: str = DEALS):
    return client.post(reverse("crm:files"), {"deals": SimpleUploadedFile("negocios.csv", text.encode())})


@pytest.mark.usefixtures("sender")
def test_the_page_guesses_the_columns_shows_the_rows_and_loads(client, dataset):
    assert send_page(client).url == reverse("crm:files-columns")
    page = client.get(reverse("crm:files-columns"))
    initial = page.context["form"].initial
    assert initial["deals-responsible"] == "vendedor"
    assert initial["deals-value"] == "valor"
    assert [initial[f"word-{n}"] for n in range(3)] == ["won", "lost", "open"]
    assert "1.500,00" in page.content.decode()
    answer = client.post(reverse("crm:files-columns"), {**initial, "asked": "etapa", "acao": "carregar"})
    run = LoadRun.objects.get()
    assert answer.url == reverse("sources:run", args=[run.pk])
    load_uploaded.func(run.pk)
    run.refresh_from_db()
    assert (run.status, run.rows_new) == ("done", 3)
    assert client.get(reverse("crm:files-columns")).url == reverse("crm:files")
    send_page(client, DEALS.replace("Ganho", "Sim"))  # what was said last time is there again
    assert client.get(reverse("crm:files-columns")).context["form"].initial["deals-value"] == "valor"


@pytest.mark.usefixtures("sender")
def test_another_column_of_stages_asks_for_its_words_first(client):
    send_page(client)
    initial = client.get(reverse("crm:files-columns")).context["form"].initial
    changed = {**initial, "deals-stage": "vendedor", "asked": "etapa", "acao": "carregar"}
    page = client.post(reverse("crm:files-columns"), changed)
    assert page.status_code == 200
    assert set(page.context["form"].words) == {"Ana", "Bia"}
    assert not LoadRun.objects.exists()


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("text", ["", "\x00\x01\x02"])
def test_what_is_no_table_is_refused_on_the_page(client, text):
    assert send_page(client, text).status_code == 422


@pytest.mark.usefixtures("sender")
def test_a_choice_that_lacks_the_days_is_refused_in_words(client):
    send_page(client)
    initial = client.get(reverse("crm:files-columns")).context["form"].initial
    answer = client.post(
        reverse("crm:files-columns"), {**initial, "deals-created": "", "asked": "etapa", "acao": "carregar"}
    )
    assert answer.status_code == 422
    assert "deals.created" in answer.content.decode()


def test_files_need_the_right_to_upload(client, db):
    client.force_login(User.objects.create_user(email="viewer@example.com", password="long enough 123"))
    assert client.get(reverse("crm:files")).status_code == 403
