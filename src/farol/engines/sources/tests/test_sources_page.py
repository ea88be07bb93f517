"""The page of data sources: uploading, watching, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from farol.core.errors import FarolError
from farol.engines.sources.models import LoadRun
from farol.engines.sources.tasks import load_uploaded
from farol.engines.sources.uploads import upload_folder
from farol.platform.accounts.models import Role, User
from farol.platform.tables.uploads import shown_name

pytestmark = pytest.mark.django_db
HEADER = (
    "day,entity,product,price_tier,anticipation_method,payment_method,installments,"
    "amount_transacted,quantity_transactions,quantity_of_merchants\n"
)
GOOD = HEADER + "2025-01-13,PJ,pix,normal,Pix,uninformed,1,10.00,2,1\n"
BAD = GOOD + "2025-01-14,PJ,pix,normal,Pix,uninformed,1,abc,2,1\n"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    with translation.override("en"):
        yield tmp_path


def person(client: Client, email: str, *rights: str) -> User:
    user = User.objects.create_user(email=email, password="long enough 123")
    role = Role.objects.create(slug="test-" + email.split("@")[0], name=email, rights=list(rights))
    user.roles.add(role)
    client.force_login(user)
    return user


@pytest.fixture
def loader(client: Client) -> User:
    return person(client, "finance@example.com", "upload.payments")


def send(client: Client, content: str, name: str = "facts.csv", **options):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(reverse("sources:upload", args=["payments"]), {"files": [file], **options})


def work() -> LoadRun:
    """What the worker would do with the newest run."""
    run = LoadRun.objects.first()
    load_uploaded.func(run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.usefixtures("loader")
def test_upload_is_loaded_by_the_worker_and_shown_in_words(client):
    answer = send(client, GOOD)
    run = LoadRun.objects.get()
    assert answer.url == reverse("sources:run", args=[run.pk])
    assert "hx-trigger" in client.get(answer.url).content.decode()
    run = work()
    assert (run.status, run.rows_new, run.version_after, run.files[0]["name"]) == ("done", 1, "1", "facts.csv")
    assert run.files[0]["digest"]
    page = client.get(reverse("sources:run-state", args=[run.pk])).content.decode()
    assert "hx-trigger" not in page
    assert not upload_folder(run.pk).exists()
    assert "2025" in client.get(reverse("sources:list")).content.decode()


@pytest.mark.usefixtures("loader")
def test_bad_rows_come_back_as_a_file_and_nothing_is_published(client):
    send(client, BAD)
    run = work()
    assert (run.status, run.rows_rejected, run.version_after) == ("rejected", 1, "")
    answer = client.get(reverse("sources:rejects", args=[run.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "abc" in b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.usefixtures("loader")
def test_unreadable_file_fails_with_its_sentence(client):
    send(client, "a;b\n1;2\n")
    run = work()
    assert (run.status, run.error_code) == ("failed", "missing_column")
    assert "amount_transacted" in client.get(reverse("sources:run", args=[run.pk])).content.decode()


@pytest.mark.usefixtures("loader")
def test_a_task_delivered_twice_loads_once(client):
    send(client, GOOD)
    run = work()
    load_uploaded.func(run.pk)
    run.refresh_from_db()
    assert run.status == "done"


@pytest.mark.usefixtures("loader")
def test_others_loads_look_unknown(client):
    run = LoadRun.objects.create(loader="payments", actor="somebody", created_at="2025-01-01T00:00Z")
    for name in ("run", "run-state", "rejects"):
        assert client.get(reverse(f"sources:{name}", args=[run.pk])).status_code == 404


@pytest.mark.usefixtures("loader")
def test_queue_of_one_person_is_limited_and_so_is_the_size(client, settings):
    for _load in range(5):
        assert send(client, GOOD).status_code == 302
    assert send(client, GOOD).status_code == 409
    settings.FAROL_UPLOAD_MB = 0
    assert send(client, GOOD).status_code in (400, 413)
    assert LoadRun.objects.count() == 5


def test_without_the_right_nothing_is_kept(client, home):
    person(client, "viewer@example.com", "sources.view")
    assert send(client, GOOD).status_code == 403
    assert not LoadRun.objects.exists()
    assert client.post(reverse("sources:rollback", args=["payments"]), {"version": "1"}).status_code == 403


def test_going_back_from_the_page(client):
    person(client, "admin@example.com", "sources.view", "sources.manage", "upload")
    send(client, GOOD)
    work()
    send(client, GOOD.replace("10.00", "20.00"))
    assert work().rows_changed == 1
    client.post(reverse("sources:rollback", args=["payments"]), {"version": "1"})
    from farol.engines.warehouse import current_version

    assert current_version("payments").name == "1"


def test_killed_run_says_so_when_the_next_one_starts(client, loader):
    LoadRun.objects.create(
        loader="payments",
        actor="x",
        user=loader,
        status="running",
        created_at="2025-01-01T00:00Z",
        beat_at="2025-01-01T00:00Z",
    )
    send(client, GOOD)
    work()
    assert LoadRun.objects.get(actor="x").error_code == "interrupted"


def test_unexpected_failure_ends_the_run(client, loader, monkeypatch):
    send(client, GOOD)
    monkeypatch.setattr("farol.connectors.files.load.open_landing", lambda _dataset: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work()
    assert LoadRun.objects.get().status == "failed"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\y.csv", "y.csv"), ("a\nb\x1b.csv", "ab.csv"), ("", "file")],
)
def test_names_are_only_shown(given, kept):
    assert shown_name(given) == kept


def test_files_never_keep_their_name(client, loader, home):
    send(client, GOOD, name="x.html")
    assert [p.name for p in upload_folder(LoadRun.objects.get().pk).iterdir()] == ["0"]
    assert issubclass(FarolError, Exception)
    assert Path(home).exists()
