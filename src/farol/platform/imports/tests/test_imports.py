"""Records from a file: read within limits, shown before they are saved, all of them or none."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import path
from django.utils import translation

from farol.config.urls import urlpatterns as project
from farol.core import clock
from farol.core.errors import BadInput
from farol.platform.accounts.access import requires
from farol.platform.accounts.models import Role, User
from farol.platform.audit.models import Entry
from farol.platform.imports import Checked, Field, Importer, Problem, jobs, kept, services, tasks
from farol.platform.imports import declared as declaring
from farol.platform.imports.models import ImportRun
from farol.platform.imports.pages import import_page

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
MOST = 500


def check(rows, _principal):
    known = set(Role.objects.filter(slug__in=[r.values["code"] for r in rows]).values_list("slug", flat=True))
    problems = [Problem(r.line, "code", "This code is there already.") for r in rows if r.values["code"] in known]
    return Checked([r.values for r in rows], problems, ["Checked."] if rows else [])


def save(values, _principal):
    if values["name"] == "refuse":
        raise BadInput("name", "This name is refused when it is saved.")
    if values["name"] == "crash":
        raise RuntimeError("the process died")
    rights = [str(values.get("price") or ""), str(values.get("day") or "")]
    Role.objects.create(slug=values["code"], name=values["name"], rights=rights)


CODES = Importer(
    name="codes",
    label="Códigos",
    columns=(
        Field("code", "Código", required=True, example="A-1", help="Cada código uma vez"),
        Field("name", "Nome", required=True, example="Exemplo"),
        Field("price", "Preço", kind="money", example=Decimal("12.50")),
        Field("day", "Dia", kind="date", example=dt.date(2026, 11, 21)),
        Field("state", "Estado", choices=(("open", "Aberto"), ("closed", "Fechado")), example="Aberto"),
    ),
    check=check,
    save=save,
    most_rows=MOST,
)


@requires("import")
def codes(request):
    return import_page(request, CODES, back_url="/")


urlpatterns = [path("codigos/importar", codes), *project]
URL = "/codigos/importar"


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    settings.FAROL_HOME = tmp_path
    monkeypatch.setattr(declaring, "collect", lambda *_names: (CODES,))
    with translation.override("en"):
        yield tmp_path


def person(name: str, *rights: str) -> Client:
    user = User.objects.create_user(email=f"{name}@farol.example", password="long enough 123", language="en")
    user.roles.add(Role.objects.create(slug=f"role-{name}", name=name, rights=list(rights)))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ana():
    return person("ana", "import")


def saved() -> list[str]:
    return sorted(Role.objects.filter(slug__regex="^[A-Z]-").values_list("slug", flat=True))


def book(*rows, heading=("Código", "Nome", "Preço", "Dia", "Estado")) -> bytes:
    made = openpyxl.Workbook()
    made.active.append(heading)
    for row in rows:
        made.active.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def send(client: Client, content: bytes, name: str = "codigos.xlsx"):
    return client.post(URL, {"acao": "enviar", "file": SimpleUploadedFile(name, content)})


def run_of(answer) -> ImportRun:
    assert answer.status_code == 302
    return ImportRun.objects.get(token=answer.url.rpartition("=")[2])


def confirm(client: Client, run: ImportRun, **data):
    return client.post(URL, {"acao": "confirmar", "importacao": run.token, **data})


def text(client: Client, run: ImportRun) -> str:
    return client.get(f"{URL}?importacao={run.token}").content.decode()


def workbook(answer):
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


# ---- the way that works


def test_from_the_template_to_records(ana):
    made = workbook(ana.get(f"{URL}?modelo=xlsx"))
    sheet, notes = made.worksheets
    assert [c.value for c in sheet[1]] == ["Código", "Nome", "Preço", "Dia", "Estado"]
    assert [c.value for c in notes[2]][:2] == ["Código", True]
    assert notes["C6"].value == "one of: Aberto, Fechado"
    sheet.append(["B-1", "Bia", 1234.5, dt.date(2026, 1, 31), "fechado"])
    sheet.append(["B-2", "Caio", None, None, None])
    buffer = io.BytesIO()
    made.save(buffer)
    run = run_of(send(ana, buffer.getvalue()))
    assert (run.state, run.rows) == ("ready", 2)
    page = text(ana, run)
    assert "Bia" in page
    assert "Checked." in page
    assert "Exemplo" not in page
    assert saved() == []
    confirm(ana, run)
    run.refresh_from_db()
    assert (run.state, saved()) == ("done", ["B-1", "B-2"])
    assert Role.objects.get(slug="B-1").rights == ["1234.50", "2026-01-31"]
    assert "All 2 rows were imported" in text(ana, run)
    assert Entry.objects.get(code="records.imported").params["rows"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_in_any_usual_form(ana, encoding, delimiter):
    lines = ["Código;Nome;Dia", "C-1;José;21/11/2026", "", 'C-2;"Maria\nRosa";2026-11-22']
    content = "\r\n".join(lines).replace(";", delimiter).encode(encoding)
    run = run_of(send(ana, content, "x.csv"))
    confirm(ana, run)
    assert saved() == ["C-1", "C-2"]
    assert Role.objects.get(slug="C-1").name == "José"
    assert Role.objects.get(slug="C-2").name == "Maria\nRosa"


# ---- what is wrong with rows


def test_bad_rows_come_back_with_their_reasons_and_can_be_corrected(ana):
    rows = [("D-1", "ok", 1, None, None), ("D-2", None, "abc", "31/02/2026", "maybe"), ("D-3", "ok", 1.005, None, None)]
    run = run_of(send(ana, book(*rows)))
    assert (run.state, run.bad_rows, saved()) == ("bad", 2, [])
    page = text(ana, run)
    assert "“31/02/2026” is not a day" in page
    assert "fractions of a centavo" in page
    assert confirm(ana, run).status_code == 409
    sheet = workbook(ana.get(f"{URL}?importacao={run.token}&recusadas=xlsx")).active
    assert [c.value for c in sheet[1]][-1] == "Why it was refused"
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["D-2", "D-3"]
    assert "Nome: is missing." in sheet["F2"].value
    sheet["B2"], sheet["C2"], sheet["D2"], sheet["E2"], sheet["C3"] = "Nina", "1.234,56", "28/02/2026", "Aberto", "1,00"
    buffer = io.BytesIO()
    sheet.parent.save(buffer)
    again = run_of(send(ana, buffer.getvalue()))
    confirm(ana, again)
    assert saved() == ["D-2", "D-3"]


def test_rows_that_are_there_already_are_reported(ana):
    content = book(("E-1", "x", None, None, None))
    confirm(ana, run_of(send(ana, content)))
    again = run_of(send(ana, content))
    assert again.state == "bad"
    assert "This code is there already." in text(ana, again)


def test_the_very_same_file_asks_for_a_word_more(ana, monkeypatch):
    content = book(("E-1", "x", None, None, None))
    confirm(ana, run_of(send(ana, content)))
    Role.objects.filter(slug="E-1").delete()
    again = run_of(send(ana, content))
    assert "imported this very file" in text(ana, again)
    assert confirm(ana, again).status_code == 409
    assert saved() == []
    confirm(ana, again, again="1")
    assert saved() == ["E-1"]


def test_one_bad_row_anywhere_saves_nothing(ana):
    rows = [(f"F-{n}", "ok", None, None, None) for n in range(150)]
    at = random.Random(7).randrange(150)
    rows[at] = (f"F-{at}", "refuse", None, None, None)
    run = run_of(send(ana, book(*rows)))
    assert run.state == "ready"
    confirm(ana, run)
    run.refresh_from_db()
    assert (run.state, run.bad_rows, saved()) == ("bad", 1, [])
    page = text(ana, run)
    assert "This name is refused when it is saved." in page
    assert f'<td class="num">{at + 2}</td>' in page


def test_what_became_wrong_meanwhile_is_found_when_it_is_saved(ana):
    run = run_of(send(ana, book(("G-1", "x", None, None, None), ("G-2", "x", None, None, None))))
    Role.objects.create(slug="G-2", name="meanwhile")
    confirm(ana, run)
    run.refresh_from_db()
    assert (run.state, saved()) == ("bad", ["G-2"])


def test_a_crash_saves_nothing_and_says_so(ana):
    run = run_of(send(ana, book(("H-1", "x", None, None, None), ("H-2", "crash", None, None, None))))
    ana.raise_request_exception = False
    assert confirm(ana, run).status_code == 500
    run.refresh_from_db()
    assert (run.state, saved()) == ("failed", [])
    assert "Nothing of the file was saved" in text(ana, run)


# ---- large files, and saying it twice


def test_large_files_are_the_workers(ana, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 10)
    queued = []
    monkeypatch.setattr(type(tasks.bring_on), "enqueue", lambda _task, pk: queued.append(pk))
    run = run_of(send(ana, book(*[(f"I-{n}", "x", None, None, None) for n in range(40)])))
    assert (run.state, queued) == ("checking", [run.pk])
    assert "hx-get" in text(ana, run)
    tasks.bring_on.func(run.pk)
    confirm(ana, run)
    assert (queued, saved()) == ([run.pk, run.pk], [])
    tasks.bring_on.func(run.pk)
    tasks.bring_on.func(run.pk)
    run.refresh_from_db()
    assert (run.state, len(saved())) == ("done", 40)


def test_confirming_twice_saves_once(ana):
    run = run_of(send(ana, book(("J-1", "x", None, None, None))))
    assert [confirm(ana, run).status_code for _turn in range(2)] == [302, 302]
    assert saved() == ["J-1"]
    assert Entry.objects.filter(code="records.imported").count() == 1


def test_one_that_was_killed_while_saving_can_be_tried_again(ana):
    run = run_of(send(ana, book(("K-1", "x", None, None, None))))
    ImportRun.objects.update(state="saving")
    assert confirm(ana, run).status_code == 302
    assert saved() == []
    ImportRun.objects.update(changed_at=clock.now() - dt.timedelta(minutes=16))
    assert "Try again" in text(ana, run)
    confirm(ana, run)
    assert saved() == ["K-1"]


# ---- whose it is, and for how long


def test_a_file_belongs_to_the_person_who_sent_it(ana):
    bruno, carla = person("bruno", "import"), person("carla")
    run = run_of(send(ana, book(("L-1", "x", None, None, None))))
    assert bruno.get(f"{URL}?importacao={run.token}").status_code == 404
    assert confirm(bruno, run).status_code == 404
    assert carla.get(URL).status_code == 403
    assert send(carla, b"x").status_code == 403
    assert run.token not in bruno.get(URL).content.decode()


def test_the_right_is_asked_again_when_the_worker_saves(ana):
    run = run_of(send(ana, book(("L-2", "x", None, None, None))))
    ImportRun.objects.update(state="saving")
    Role.objects.filter(slug="role-ana").update(rights=[])
    with pytest.raises(Exception, match="Import records"):
        tasks.bring_on.func(run.pk)
    assert saved() == []


def test_contents_are_encrypted_and_gone_when_all_is_over(ana, home):
    run = run_of(send(ana, book(("M-1", "12345678909", None, None, None))))
    kept_bytes = b"".join(p.read_bytes() for p in (home / "imports").rglob("*") if p.is_file())
    assert kept_bytes
    assert b"12345678909" not in kept_bytes
    confirm(ana, run)
    assert not kept.folder(run.token).exists()
    discarded = run_of(send(ana, book(("M-2", "x", None, None, None))))
    ana.post(URL, {"acao": "descartar", "importacao": discarded.token})
    assert not kept.folder(discarded.token).exists()
    assert confirm(ana, discarded).status_code == 409


def test_files_nobody_decided_about_expire(ana):
    run = run_of(send(ana, book(("N-1", "x", None, None, None))))
    with clock.frozen(clock.now() + dt.timedelta(hours=25)):
        jobs.tidy(None)
        run.refresh_from_db()
        assert run.state == "expired"
        assert not kept.folder(run.token).exists()
    assert confirm(ana, run).status_code == 409


# ---- what is no table


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "x.csv", "empty"),
        (b"Codigo;Nome\r\n", "x.csv", "no rows"),
        (b"Codigo\r\nA\r\n", "x.csv", "no column “Nome”"),
        (b"Codigo;Nome;codigo\r\nA;b;c\r\n", "x.csv", "more than once"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "x.xls", "old .xls"),
        (b"\x1f\x8b\x08\0abc", "x.gz", "compressed"),
        (b"PK\x03\x04 no archive", "x.xlsx", "damaged"),
        (b"%PDF-1.4\0", "x.pdf", "not a text file"),
        (b'Codigo;Nome\r\n"' + b"a" * 200_000 + b'";b\r\n', "x.csv", "not a table"),
        (b"Codigo;Nome\r\n" + b"a;b\r\n" * (MOST + 1), "x.csv", "more than 500 rows"),
        (book(*[("a", "b", None, None, None)] * (MOST + 1)), "x.xlsx", "more than 500 rows"),
    ],
)
def test_files_that_are_refused_say_why(ana, content, name, said):
    answer = send(ana, content, name)
    assert answer.status_code == 422
    (sentence,) = re.findall(r'role="alert".*?</span><span>(.*?)</span></div>', answer.content.decode())
    assert said in sentence
    assert not ImportRun.objects.exists()


def test_too_large_is_said_before_it_is_read(ana, monkeypatch):
    monkeypatch.setattr(services, "MOST_MB", 0)
    assert "larger than" in send(ana, book()).content.decode()


def test_a_form_without_a_file(ana):
    assert ana.post(URL, {"acao": "enviar"}).status_code == 422


def test_texts_are_escaped(ana):
    run = run_of(send(ana, book(("<script>alert(1)</script>", "<b>x</b>", None, None, None))))
    page = text(ana, run)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
