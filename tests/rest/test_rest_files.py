"""Files of records by REST: judged, limited, seen and repeated as everything else is."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from tests.rest.asking import Asker, asker
from tests.rest.world import World

from farol.engines.workflow.module import modules
from farol.platform.attachments.models import Attachment
from farol.platform.audit.models import Entry

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def send(who: Asker, path: str, name: str = "nota.txt", content: bytes = b"um texto", **more: Any) -> tuple[int, Any]:
    """Post a file the way a browser's form does."""
    key, field = more.pop("key", None), more.pop("field", "file")
    body = encode_multipart(BOUNDARY, {field: SimpleUploadedFile(name, content)} if field else {"x": "1"})
    headers = {"Authorization": f"Bearer {who.token}"} | ({"Idempotency-Key": key} if key else {})
    answer = who.client.generic("POST", "/api/v1" + path, body, content_type=MULTIPART_CONTENT, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("name", list(modules()))
def test_a_file_is_attached_listed_fetched_and_taken_away(name):
    world = World()
    number = world.make(name, modules()[name].flow.initial)["number"]
    path = f"/{name}/{number}/attachments"
    status, made = send(world.author, path, "nota fiscal.pdf", PDF)
    assert (status, made["name"], made["content_type"], made["size"]) == (
        201, "nota fiscal.pdf", "application/pdf", len(PDF),
    )  # fmt: skip
    assert made["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert world.author.get(path) == (200, {"items": [made], "next": None})
    file = world.author.raw("GET", f"{path}/{made['id']}")
    assert b"".join(file.streaming_content) == PDF
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert file["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file["Content-Security-Policy"]
    gone = world.author.raw("DELETE", f"{path}/{made['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert world.author.get(path)[1]["items"] == []
    assert world.author.raw("GET", f"{path}/{made['id']}").status_code == 404
    assert world.author.raw("DELETE", f"{path}/{made['id']}").status_code == 404
    codes = Entry.objects.filter(code__startswith="attachment.").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["attachment.added", "attachment.opened", "attachment.removed"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.html", b"<html><script>alert(1)</script>"), ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
     ("a.png", b"\x89PNG\r\n\x1a\n<script>"), ("vazio.txt", b""), ("a.exe", b"MZ\x90\0\x03")],
)  # fmt: skip
def test_f4_what_may_not_be_kept_is_refused(name, content):
    world = World()
    path = f"/payables/{world.payable()['number']}/attachments"
    status, said = send(world.author, path, name, content)
    assert (status, said["errors"][0]["field"]) == (422, "file")
    assert not Attachment.objects.exists()


def test_f4_sizes_and_numbers_have_their_limits(settings):
    world = World()
    path = f"/payables/{world.payable()['number']}/attachments"
    settings.FAROL_ATTACHMENT_MB = 1
    assert send(world.author, path, content=b"a" * (1 << 20) + b"a")[0] == 422
    settings.FAROL_ATTACHMENT_DAILY_MB = 1
    assert [send(world.author, path, content=b"a" * 600_000)[0] for _ in range(2)] == [201, 409]
    assert send(world.author, path, field="")[0] == 422
    assert send(world.author, path, field="other")[0] == 422
    assert world.author.post(path, {"file": "aGVsbG8="})[0] == 422


def test_who_only_reads_neither_adds_nor_takes_away():
    world, viewer = World(), asker("manager")
    path = f"/payables/{world.payable()['number']}/attachments"
    made = send(world.author, path)[1]
    assert send(viewer, path)[0] == 403
    assert viewer.raw("DELETE", f"{path}/{made['id']}").status_code == 403
    assert viewer.get(path)[1]["items"] == [made]
    assert viewer.raw("GET", f"{path}/{made['id']}").status_code == 200


def test_a_file_of_another_record_is_not_there():
    world = World()
    mine, other = (f"/payables/{world.payable()['number']}/attachments" for _ in range(2))
    made = send(world.author, mine)[1]
    for method in ("GET", "DELETE"):
        assert world.author.raw(method, f"{other}/{made['id']}").status_code == 404
        assert world.author.raw(method, f"{other}/{10**30}").status_code == 404


def test_a_key_makes_one_file_of_one_that_is_sent_twice():
    world = World()
    path = f"/payables/{world.payable()['number']}/attachments"
    first, again = (send(world.author, path, key="k") for _ in range(2))
    assert first == again
    assert first[0] == 201
    assert Attachment.objects.count() == 1
    for changed in ({"content": b"outro texto"}, {"name": "outra.txt"}):
        status, said = send(world.author, path, key="k", **changed)
        assert (status, said["code"]) == (422, "key_reused")
    gone = [world.author.raw("DELETE", f"{path}/{first[1]['id']}", **{"Idempotency-Key": "d"}) for _ in range(2)]
    assert [(one.status_code, one.content) for one in gone] == [(204, b"")] * 2


@pytest.mark.parametrize("key", [{}, {"key": "k"}])
def test_a_form_where_json_is_wanted_is_refused(key):
    status, said = send(World().author, "/customers", **key)
    assert (status, said["code"]) == (422, "invalid")


def test_the_document_describes_them():
    document = asker("super_admin").get("/openapi.json")[1]
    files, one = (document["paths"][f"/api/v1/warranties/{{number}}/attachments{rest}"] for rest in ("", "/{pk}"))
    assert "multipart/form-data" in files["post"]["requestBody"]["content"]
    assert any(parameter["name"] == "Idempotency-Key" for parameter in files["post"]["parameters"])
    assert "application/octet-stream" in one["get"]["responses"]["200"]["content"]
    assert {"200", "401", "403", "404"} <= one["get"]["responses"].keys()
    assert "204" in one["delete"]["responses"]
