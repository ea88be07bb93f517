"""O5 in small: a backup taken while people work comes back whole, and every damaged one is refused."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from farol.core.errors import Refused
from farol.platform.operation import restoring

PREPARE = """
from django.conf import settings
from farol.platform import audit
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import SYSTEM
from farol.platform.jobs import plan
from farol.platform.jobs.job import jobs
from farol.platform.outbox import enqueue
User.objects.create_user("maria@example.com", "um segredo bem longo")
for number in range(50):
    audit.record(SYSTEM, "job.run", target=str(number), params={"job": "x"})
enqueue("email", "waiting-1", {"to": ["ana@example.com"], "subject": "s", "text": "t"})
for job in jobs().values():
    plan.schedule_of(job)
folder = settings.FAROL_HOME / "files" / "ab"
folder.mkdir(parents=True, exist_ok=True)
(folder / "abcd").write_bytes(b"attachment" * 1000)
print(json.dumps(True))
"""
BUSY = """
import itertools
from farol.platform import audit
from farol.platform.accounts.principal import SYSTEM
for number in itertools.count():
    audit.record(SYSTEM, "job.run", target=str(number), params={"job": "busy"})
"""
LOOK = """
from django.contrib.auth import authenticate
from django.db import connection
from farol.platform.accounts.models import User
from farol.platform.jobs.models import Schedule
from farol.platform.outbox.models import OutboxMessage
message = OutboxMessage.objects.get(key="waiting-1")
print(json.dumps({
    "state": message.state,
    "subject": message.opened()["subject"],
    "login": User.objects.get(email="maria@example.com").check_password("um segredo bem longo"),
    "planned": Schedule.objects.exclude(next_at=None).count(),
}))
"""
COUNT = """
from farol.platform.audit.models import Entry
print(json.dumps(Entry.objects.count()))
"""


@pytest.fixture
def saved(installation, tmp_path) -> Path:
    installation.python(PREPARE)
    out = tmp_path / "backup.tar"
    done = installation.farol("backup", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


def empty_place(make_installation, source) -> object:
    """Another machine: nothing but the key file."""
    other = make_installation("other", empty=True)
    shutil.copy(source.home / "keys.json", other.home / "keys.json")
    return other


def restore(other, archive) -> object:
    return other.farol("restore", str(archive), "--into", str(other.home))


def test_taken_under_load_and_back_in_an_empty_place(installation, make_installation, tmp_path, tools):
    installation.python(PREPARE)
    installation.script(BUSY)
    tools.wait_for(lambda: installation.python(COUNT) > 60)
    out = tmp_path / "backup.tar"
    done = installation.farol("backup", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert installation.python(COUNT) > rows["audit_entry"]  # the others wrote on
    other = empty_place(make_installation, installation)
    back = restore(other, out)
    assert back.returncode == 0, back.stderr
    assert other.farol("init").returncode == 0
    assert other.python(LOOK) == {"state": "held", "subject": "s", "login": True, "planned": 0}
    assert other.python(COUNT) == rows["audit_entry"]
    assert (other.home / "files/ab/abcd").read_bytes() == b"attachment" * 1000
    doctor = json.loads(other.farol("doctor", "--json").stdout)["checks"]
    assert doctor["integrity"][0]["level"] == doctor["migrations"][0]["level"] == "green"


def test_what_waited_is_not_sent_again(saved, installation, make_installation, tools):
    other = empty_place(make_installation, installation)
    assert restore(other, saved).returncode == 0
    worker = other.start("worker", FAROL_SMTP_HOST="127.0.0.1", FAROL_SMTP_PORT="1")
    tools.wait_for(lambda: "at work" in other.log() or worker.poll() is not None)
    assert worker.poll() is None, other.log()
    tools.wait_for(lambda: other.python(LOOK)["planned"] > 0)
    assert other.python(LOOK)["state"] == "held"
    worker.terminate()


def test_the_keys_are_never_inside(saved):
    with tarfile.open(saved) as tar:
        assert not [name for name in tar.getnames() if "keys" in name]
    assert saved.stat().st_mode & 0o077 == 0


def flip(at: float):
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(len(content) * at)] ^= 1
        path.write_bytes(content)

    return damage


def cut(keep: float):
    def damage(path: Path) -> None:
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])

    return damage


def repack(change):
    """Unpack, change the members, pack again."""

    def damage(path: Path) -> None:
        folder = path.parent / "unpacked"
        with tarfile.open(path) as tar:
            tar.extractall(folder, filter="data")
        change(folder)
        with tarfile.open(path, "w") as tar:
            for member in sorted(p for p in folder.rglob("*") if p.is_file()):
                tar.add(member, member.relative_to(folder).as_posix())

    return damage


def other_form(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))


def not_a_backup(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + b"\0" * 2000)


DAMAGES = {
    "bit flipped in the database": flip(0.3),
    "bit flipped near the end": flip(0.6),
    "bit flipped in padding": flip(0.98),
    "last bit flipped": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"~"),
    "cut in the middle": cut(0.5),
    "cut near the end": cut(0.9),
    "empty": cut(0),
    "attachment missing": repack(lambda folder: (folder / "files/ab/abcd").unlink()),
    "manifest missing": repack(lambda folder: (folder / "manifest.json").unlink()),
    "file added": repack(lambda folder: (folder / "files/ab/evil").write_text("x")),
    "another version": repack(other_form),
    "not a backup": not_a_backup,
}


@pytest.fixture(scope="module")
def good(tmp_path_factory, template) -> tuple[Path, Path]:
    """A backup of the template with one attachment, and its key file."""
    source, _database = template
    (source.home / "files/ab").mkdir(parents=True, exist_ok=True)
    (source.home / "files/ab/abcd").write_bytes(b"attachment" * 1000)
    out = tmp_path_factory.mktemp("good") / "backup.tar"
    done = source.farol("backup", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out, source.home / "keys.json"


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_backup_is_refused_and_nothing_is_touched(good, tmp_path, name):
    damaged, place = tmp_path / "backup.tar", tmp_path / "place"
    shutil.copy(good[0], damaged)
    place.mkdir()
    shutil.copy(good[1], place)
    DAMAGES[name](damaged)
    with pytest.raises(Refused):
        restoring.restore(damaged, place)
    assert [p.name for p in place.iterdir()] == ["keys.json"]


def test_the_command_says_so_in_a_sentence(good, make_installation, tmp_path):
    damaged = tmp_path / "backup.tar"
    damaged.write_bytes(good[0].read_bytes()[:-1000])
    other = make_installation("other", empty=True)
    shutil.copy(good[1], other.home)
    done = restore(other, damaged)
    assert done.returncode == 1
    assert done.stderr.startswith("farol: ")
    assert "Traceback" not in done.stderr


RESEAL = """
import tarfile
from pathlib import Path
from django.conf import settings
from farol.platform.operation import archive
path = Path({path!r})
folder = path.parent / "unpacked"
with tarfile.open(path) as tar:
    tar.extractall(folder, filter="data")
content = json.loads((folder / "manifest.json").read_text())
(folder / "manifest.json").unlink()
content["migrations"].append("payments.0999_from_the_future")
content["version"] = "99.0"
path.unlink()
archive.write(path, folder, archive.Manifest(**content), settings.KEYRING, print)
print(json.dumps(True))
"""


def test_a_newer_version_s_backup_is_refused_by_name(saved, installation, make_installation):
    installation.python(RESEAL.format(path=str(saved)))
    done = restore(empty_place(make_installation, installation), saved)
    assert done.returncode == 1
    assert "99.0" in done.stderr


def test_foreign_keys_are_refused(saved, make_installation):
    other = make_installation("other")  # a copy of the template has the same keys: make new ones
    (other.home / "keys.json").unlink()
    assert other.farol("init").returncode == 0
    (other.home / "elsewhere").mkdir()
    done = other.farol("restore", str(saved), "--into", str(other.home / "elsewhere"))
    assert done.returncode == 1
    assert "keys.json" in done.stderr


def test_a_restore_in_place_moves_aside_what_is_there(saved, installation):
    if "postgres" in installation.database:
        done = installation.farol("restore", str(saved), "--yes")
        assert "FAROL_DATABASE_URL" in done.stderr
        return
    (installation.home / "files/ab/later").write_text("written after the backup")
    assert installation.farol("restore", str(saved)).returncode == 2
    done = installation.farol("restore", str(saved), "--yes")
    assert done.returncode == 0, done.stderr
    aside = next(installation.home.glob("before-restore-*"))
    assert (aside / "files/ab/later").read_text() == "written after the backup"
    assert (aside / "farol.sqlite3").exists()
    assert installation.python(LOOK)["state"] == "held"


def test_no_restore_over_something_running_or_in_use(saved, installation, tools):
    installation.start("worker")
    tools.wait_for(lambda: "at work" in installation.log())
    for target in (["--yes"], ["--into", str(installation.home)]):
        done = installation.farol("restore", str(saved), *target)
        assert done.returncode == 1
        assert done.stderr.startswith("farol: ")
