"""Files of records: kept encrypted, handed out safely, counted, swept and proven."""

from __future__ import annotations

import datetime as dt
import hashlib
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation

from farol.core import clock
from farol.core.errors import BadInput, NotFound, Refused, Unavailable
from farol.core.keys import Keyring
from farol.core.sealed import Damaged, seal, unseal
from farol.platform import attachments
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.attachments import doctor, services, storage
from farol.platform.attachments.models import Attachment
from farol.platform.attachments.sweep import sweep
from farol.platform.attachments.tests.test_judging import PDF, jpeg, png
from farol.platform.audit.models import Entry
from farol.platform.operation.backup import PARTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def ana():
    return Principal(
        frozenset(), User.objects.create_user(email="ana@farol.example", password="long enough 123"), "ana"
    )


def sent(name: str = "nota.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def read(attachment: Attachment) -> bytes:
    return b"".join(attachments.open_attachment(attachment))


def stored_files(home):
    return [p for p in (home / "files").rglob("*") if p.is_file()]


def test_a_file_is_kept_encrypted_and_comes_back_as_it_was(ana, home):
    made = attachments.attach("warranties:17", sent("../../etc/nota.pdf"), ana, kind="invoice")
    assert (made.name, made.kind, made.content_type, made.size) == ("nota.pdf", "invoice", "application/pdf", len(PDF))
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    assert read(made) == PDF
    (path,) = stored_files(home)
    assert b"%PDF" not in path.read_bytes()
    assert made.sha256 not in str(path)
    assert path.stat().st_mode & 0o077 == 0
    assert Entry.objects.get(code="attachment.added").target == "warranties:17"


def test_it_is_handed_out_as_a_file_and_never_as_a_page(ana):
    made = attachments.attach("warranties:17", sent('no"ta\r\nX: y.pdf'), ana)
    answer = attachments.response(made, ana)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["Content-Length"] == str(len(PDF))
    assert Entry.objects.get(code="attachment.opened").person_id == ana.user_id


def test_a_record_has_its_own_files_only(ana):
    made = attachments.attach("warranties:17", sent(), ana)
    other = attachments.attach("warranties:171", sent("b.png", png()), ana)
    assert list(attachments.of("warranties:17")) == [made]
    assert attachments.find("warranties:17", made.pk) == made
    for pk in (other.pk, 0, -1, 2**70):
        with pytest.raises(NotFound):
            attachments.find("warranties:17", pk)


def test_the_same_content_lies_there_once(ana, home):
    for record in ("warranties:1", "payables:1"):
        attachments.attach(record, sent(), ana)
    assert len(stored_files(home)) == 1


def test_what_is_taken_away_stays_in_the_history(ana, home):
    made = attachments.attach("warranties:17", sent(), ana)
    attachments.remove(made, ana)
    assert not attachments.of("warranties:17").exists()
    made.refresh_from_db()
    assert (made.removed_by, read(made)) == (ana.user, PDF)
    with pytest.raises(Refused):
        attachments.remove(made, ana)
    assert Entry.objects.filter(code="attachment.removed").count() == 1


def test_what_may_not_be_kept_leaves_nothing(ana, home):
    for name, content in (("x.html", b"<html>"), ("x.pdf", b"")):
        with pytest.raises(BadInput):
            attachments.attach("warranties:17", sent(name, content), ana)
    assert not Attachment.objects.exists()
    assert stored_files(home) == []


def test_too_large_and_too_many(ana, settings, monkeypatch):
    settings.FAROL_ATTACHMENT_MB = 1
    with pytest.raises(BadInput, match="larger than 1 MB"):
        attachments.attach("warranties:17", sent("a.jpg", jpeg(extra=b"x" * (1 << 20))), ana)
    monkeypatch.setattr(services, "MOST_PER_RECORD", 2)
    for _turn in range(2):
        attachments.attach("warranties:17", sent(), ana)
    with pytest.raises(Refused):
        attachments.attach("warranties:17", sent(), ana)
    attachments.attach("warranties:18", sent(), ana)


def test_a_person_has_a_quota_of_the_day(ana, settings):
    settings.FAROL_ATTACHMENT_DAILY_MB = 1
    large = jpeg(extra=b"x" * 600_000)
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    with clock.frozen(now):
        first = attachments.attach("warranties:1", sent("a.jpg", large), ana)
        attachments.remove(first, ana)
        with pytest.raises(Refused):
            attachments.attach("warranties:2", sent("a.jpg", large), ana)
        attachments.attach("warranties:2", sent("a.jpg", large), SYSTEM)
    with clock.frozen(now + dt.timedelta(hours=25)):
        attachments.attach("warranties:2", sent("a.jpg", large), ana)


def test_a_damaged_or_missing_file_is_said_before_the_answer_begins(ana, home):
    made = attachments.attach("warranties:17", sent(), ana)
    (path,) = stored_files(home)
    body = bytearray(path.read_bytes())
    body[-20] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(Unavailable):
        attachments.response(made, ana)
    assert [f.level for f in doctor.files()] == ["red"]
    path.unlink()
    with pytest.raises(Unavailable):
        attachments.response(made, ana)
    assert [f.level for f in doctor.files()] == ["red"]


def test_doctor_is_content_with_whole_files(ana):
    attachments.attach("warranties:17", sent(), ana)
    (finding,) = doctor.files()
    assert finding.level == "green"


def test_the_sweep_takes_orphans_and_nothing_else(ana, home):
    kept = attachments.attach("warranties:17", sent(), ana)
    removed = attachments.attach("warranties:17", sent("a.png", png()), ana)
    attachments.remove(removed, ana)
    with transaction.atomic():
        attachments.attach("warranties:17", sent("b.jpg", jpeg()), ana)
        transaction.set_rollback(True)
    assert len(stored_files(home)) == 3
    assert sweep() == 0
    old = clock.now().timestamp() - 2 * 86_400
    for path in stored_files(home):
        os.utime(path, (old, old))
    part = storage.place(kept.stored).with_name(storage.PART + "x")
    part.write_bytes(b"half")
    os.utime(part, (old, old))
    assert sweep() == 1
    assert (read(kept), read(removed)) == (PDF, png())
    assert len(stored_files(home)) == 2


def test_a_sweep_that_was_cut_short_is_put_right(ana, home):
    kept = attachments.attach("warranties:17", sent(), ana)
    place = storage.place(kept.stored)
    place.rename(place.with_name(storage.TRASH + place.name))
    assert sweep() == 0
    assert read(kept) == PDF


def test_backups_hold_the_files(ana, home):
    attachments.attach("warranties:17", sent(), ana)
    PARTS[0].gather(home / "backup")
    assert len([p for p in (home / "backup").rglob("*") if p.is_file()]) == 1


# ---- the form of a sealed file


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000, 262_144])
def test_sealed_content_of_any_size_comes_back(tmp_path, size):
    ring, content = Keyring.generate(), os.urandom(size)
    pieces = [content[i : i + 999] for i in range(0, size, 999)]
    with (tmp_path / "x").open("w+b") as file:
        seal(ring, pieces, file)
        file.seek(0)
        assert b"".join(unseal(ring, file)) == content


def test_no_cut_swap_flip_or_other_key_goes_unnoticed(tmp_path):
    ring, content = Keyring.generate(), os.urandom(200_000)
    path = tmp_path / "x"
    with path.open("wb") as file:
        seal(ring, [content], file)
    whole, piece = path.read_bytes(), 65_536 + 16
    head = len(whole) % piece - (200_000 % 65_536 + 16) if len(whole) % piece else 0
    head = len(b"FAROL1") + len("k1") + 1 + 16
    chunks = [whole[head + i : head + i + piece] for i in range(0, len(whole) - head, piece)]
    wrong = [
        whole[:-1],
        whole + b"x",
        whole[: head + piece],
        whole[:head],
        b"",
        whole[:head] + chunks[1] + chunks[0] + b"".join(chunks[2:]),
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in (0, 7, 12, head + 5, len(whole) - 3)),
    ]
    for body in wrong:
        path.write_bytes(body)
        with path.open("rb") as file, pytest.raises(Damaged):
            b"".join(unseal(ring, file))
    path.write_bytes(whole)
    with path.open("rb") as file, pytest.raises(Damaged):
        b"".join(unseal(Keyring.generate(), file))


def test_keys_may_rotate_under_files(tmp_path):
    ring = Keyring.generate()
    with (tmp_path / "x").open("wb") as file:
        seal(ring, [b"old"], file)
    newer = Keyring(ring.session_secret, {**ring.encryption, "k2": os.urandom(32)}, ring.lookup)
    with (tmp_path / "x").open("rb") as file:
        assert b"".join(unseal(newer, file)) == b"old"
