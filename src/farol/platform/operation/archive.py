"""The form of a backup: one tar file; its last member is a manifest that vouches for every other one.

The manifest carries size and SHA-256 of each member and is itself sealed with the installation's look-up key. So a
flipped bit, a cut file, a missing or added member, another installation's backup and another key file are all found
before anything is touched.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.core.keys import Keyring

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 2**20
LONGEST_MANIFEST = 64 * 2**20


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

    def sealed(self, keyring: Keyring) -> bytes:
        body = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return json.dumps({"body": body, "seal": keyring.lookup_hash(body)}).encode()


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
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
                name = path.relative_to(folder).as_posix()
                members[name] = _add(tar, path, name)
                report(members[name][0])
            manifest = Manifest(**{**asdict(manifest), "members": members})
            body = manifest.sealed(keyring)
            tar.addfile(_info(MANIFEST, len(body)), io.BytesIO(body))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _add(tar: tarfile.TarFile, path: Path, name: str) -> list[Any]:
    with path.open("rb") as source:
        hashing = Hashing(source)
        tar.addfile(_info(name, os.fstat(source.fileno()).st_size), hashing)  # type: ignore[arg-type]
    return [hashing.size, hashing.hash.hexdigest()]


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def verify(path: Path, keyring: Keyring, report: Callable[[int], object] = lambda _size: None) -> Manifest:
    """Read the whole archive and compare it with its manifest; `Refused` with what is wrong."""
    found: dict[str, list[Any]] = {}
    sealed = b""
    for name, source, size in _members(path):
        if name == MANIFEST:
            sealed = source.read(LONGEST_MANIFEST) if size <= LONGEST_MANIFEST else b""
        else:
            found[name] = _digest(source)
            report(found[name][0])
    manifest = _opened(sealed, keyring)
    _compare(found, manifest.members)
    return manifest


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
        _compare({name: [hashing.size, hashing.hash.hexdigest()]}, {name: manifest.members[name]})


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


def _digest(source: IO[bytes]) -> list[Any]:
    hashing = Hashing(source)
    while hashing.read(CHUNK):
        pass
    return [hashing.size, hashing.hash.hexdigest()]


def _opened(sealed: bytes, keyring: Keyring) -> Manifest:
    if not sealed:
        raise Refused(_("The backup is damaged: its end is missing."))
    try:
        outer = json.loads(sealed)
        body, seal = str(outer["body"]), str(outer["seal"])
        content = json.loads(body)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(_("The backup is damaged: its manifest cannot be read.")) from error
    if not hmac.compare_digest(keyring.lookup_hash(body), seal):
        raise Refused(
            _(
                "The manifest is damaged, or the backup belongs to other keys."
                " Use the keys.json of the installation that made it."
            )
        )
    if content.get("format") != FORMAT:
        raise Refused(_("The backup has a form that this version does not know. Install the version that made it."))
    return Manifest(**content)


def _compare(found: dict[str, list[Any]], wanted: dict[str, list[Any]]) -> None:
    for name in wanted:
        if name not in found:
            raise Refused(_("The backup is damaged: %(name)s is missing.") % {"name": name})
        if found[name] != wanted[name]:
            raise Refused(_("The backup is damaged: %(name)s differs from the manifest.") % {"name": name})
    extra = found.keys() - wanted.keys()
    if extra:
        raise Refused(_("The backup holds something that does not belong there: %(name)s") % {"name": min(extra)})
