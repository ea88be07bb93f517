"""The form of a backup: a tar file whose last member is a manifest, and a seal behind it.

The seal is the SHA-256 of everything before it, and that sum again under the installation's look-up key. So a flipped
bit anywhere, a cut file, a missing or added member, and another installation's backup are found before anything is
touched. The manifest carries size and SHA-256 of each member, which are compared once more while unpacking.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.core.keys import Keyring

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 2**20
SUM = 64
SEAL = 2 * SUM


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `rows` counts each table; `migrations` name the form of the database."""

    version: str
    made_at: str
    engine: str
    migrations: list[str]
    rows: dict[str, int]
    warehouse: str
    columns: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT


class Hashing(io.RawIOBase):
    """Passes a file on and hashes what passes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.hash, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.source.read(size)
        self.hash.update(chunk)
        self.size += len(chunk)
        return chunk


def write(out: Path, folder: Path, manifest: Manifest, keyring: Keyring, report: Callable[[int], object]) -> Manifest:
    """Pack everything under `folder` into the new file `out`, brought to the disk; the manifest with all members."""
    members: dict[str, list[Any]] = {}
    handle = os.open(out, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w+b") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
                name = path.relative_to(folder).as_posix()
                members[name] = _add(tar, path, name)
                report(members[name][0])
            manifest = replace(manifest, members=members)
            body = json.dumps(asdict(manifest), ensure_ascii=False).encode()
            tar.addfile(_info(MANIFEST, len(body)), io.BytesIO(body))
        length = file.tell()
        file.seek(0)
        file.write(_seal(_digest(file, length), keyring))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _seal(digest: str, keyring: Keyring) -> bytes:
    return (digest + keyring.lookup_hash(f"backup:{digest}")).encode()


def _add(tar: tarfile.TarFile, path: Path, name: str) -> list[Any]:
    with path.open("rb") as source:
        hashing = Hashing(source)
        tar.addfile(_info(name, os.fstat(source.fileno()).st_size), hashing)
    return [hashing.size, hashing.hash.hexdigest()]


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def verify(path: Path, keyring: Keyring, report: Callable[[int], object] = lambda _size: None) -> Manifest:
    """Read the whole file and compare it with its seal; `Refused` with what is wrong."""
    with path.open("rb") as file:
        length = path.stat().st_size - SEAL
        digest = _digest(file, length, report) if length > 0 else ""
        seal = file.read()
    if not digest or seal[:SUM] != digest.encode():
        raise Refused(_("The backup is damaged: it is not the file that was written."))
    if not hmac.compare_digest(seal, _seal(digest, keyring)):
        raise Refused(_("The backup belongs to other keys. Use the keys.json of the installation that made it."))
    manifest = _manifest(path)
    if {name for name, _source, _size in _members(path)} != {MANIFEST, *manifest.members}:
        raise Refused(_("The backup is damaged: a part of it is missing."))
    return manifest


def _manifest(path: Path) -> Manifest:
    sealed = [source.read() for name, source, _size in _members(path) if name == MANIFEST]
    content = json.loads(sealed[0]) if sealed else {}
    if content.get("format") != FORMAT:
        raise Refused(_("The backup has a form that this version does not know. Install the version that made it."))
    return Manifest(**content)


def extract(path: Path, folder: Path, manifest: Manifest) -> None:
    """Unpack a verified archive into an empty folder, hashing once more what is written."""
    for name, source, _size in _members(path):
        if name == MANIFEST:
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            hashing = Hashing(source)
            while chunk := hashing.read(CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if [hashing.size, hashing.hash.hexdigest()] != manifest.members[name]:
            raise Refused(_("The backup is damaged: %(name)s differs from the manifest.") % {"name": name})


def _members(path: Path) -> Iterator[tuple[str, IO[bytes], int]]:
    """Regular files with harmless names, in the order of the archive; `Refused` for anything else."""
    seen: set[str] = set()
    try:
        with tarfile.open(path, "r:") as tar:
            for info in tar:
                source = tar.extractfile(info) if info.isreg() else None
                if source is None or not _harmless(info.name) or info.name in seen:
                    raise Refused(
                        _("The backup holds something that does not belong there: %(name)s") % {"name": info.name}
                    )
                seen.add(info.name)
                yield info.name, source, info.size
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused(_("The backup is damaged: %(error)s") % {"error": error}) from error


def _harmless(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and path.name != "keys.json"


def _digest(file: IO[bytes], length: int, report: Callable[[int], object] = lambda _size: None) -> str:
    """SHA-256 of the next `length` bytes; the file then stands behind them."""
    total = hashlib.sha256()
    while length > 0 and (chunk := file.read(min(CHUNK, length))):
        total.update(chunk)
        length -= len(chunk)
        report(len(chunk))
    return total.hexdigest()
