"""Front-end files of others: pinned, checked, copied into the product and committed (installing needs no npm).

  python tools/vendor.py          fetch every package with `npm pack`, check its integrity, copy the named files
  python tools/vendor.py check    compare the committed files with the manifest (no network)

To take a newer version: change version and integrity here (`npm view PACKAGE@VERSION dist.integrity`) and run it.
An icon: add its name to `icons.txt`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "src/farol/platform/web"
FILES, ICONS = "static/vendor", "icons"
MANIFEST = WEB / FILES / "manifest.json"
SOURCE_MAP = re.compile(rb"^(/\*|//)# sourceMappingURL=.*$", re.MULTILINE)

ICON_NAMES = Path(__file__).with_name("icons.txt").read_text().split()


@dataclass(frozen=True)
class Package:
    """`files` maps a path inside the package to a path under `platform/web`."""

    name: str
    version: str
    integrity: str
    files: dict[str, str] = field(default_factory=dict)


def served(*paths: str) -> dict[str, str]:
    return {path: f"{FILES}/{Path(path).name}" for path in paths}


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "sha512-lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==",
        served("dist/css/tabler.min.css"),
    ),
    # Tabler's own script adds 15 kB of widgets that no page uses; this is the part of it that menus and dialogs need
    Package(
        "bootstrap",
        "5.3.8",
        "sha512-HP1SZDqaLDPwsNiqRqi5NcP0SSXciX2s9E+RyqJIIqGo+vJeN5AJVM98CXmW/Wux0nQ5L7jeWUdplCEf0Ee+tg==",
        served("dist/js/bootstrap.bundle.min.js"),
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        served("dist/htmx.min.js"),
    ),
    Package(
        "echarts",
        "6.1.0",
        "sha512-q0yaFPggC9FUdsWH4blavRWFmxdrIodbkoKNAjJudAI6CA9gNPxHtV2RcZNEepZVlk4yvBYkOkbk6HIVpIyHZA==",
        served("dist/echarts.min.js", "i18n/langPT-br.js"),
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "sha512-OupL48va4JNofb97w6NYeF9S7W/kHNKM0Er8Dem5nqi4jeOLrVJDoE8tZEpnMJmtkvNbB1EIPPwHcdkF6b1oUA==",
        served("files/inter-latin-wght-normal.woff2"),
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
        {f"icons/outline/{name}.svg": f"{ICONS}/{name}.svg" for name in ICON_NAMES},
    ),
)


def fetch(package: Package, folder: Path) -> Path:
    """The package's archive, refused unless its bytes have the pinned integrity."""
    command = [
        "npm",
        "pack",
        "--json",
        "--silent",
        "--pack-destination",
        str(folder),
        f"{package.name}@{package.version}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    entry = answer[0] if isinstance(answer, list) else next(iter(answer.values()))
    archive = folder / entry["filename"].replace("@", "").replace("/", "-")
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.integrity:
        sys.exit(f"{package.name}@{package.version}: integrity is {digest}, pinned is {package.integrity}")
    return archive


def unpack(package: Package, archive: Path) -> dict[str, str]:
    """Copy the named files and the licence; returns the SHA-256 of each by its place."""
    hashes = {}
    with tarfile.open(archive) as tar:
        files = dict(package.files)
        if "package/LICENSE" in tar.getnames():
            files["LICENSE"] = f"{FILES}/licenses/{package.name.strip('@').replace('/', '-')}.txt"
        for inside, place in files.items():
            member = tar.extractfile(f"package/{inside}")
            assert member is not None, inside
            # a map that is not shipped breaks the collecting of static files
            content = SOURCE_MAP.sub(b"", member.read()) if place.endswith((".js", ".css")) else member.read()
            target = WEB / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            hashes[place] = hashlib.sha256(content).hexdigest()
        described = tar.extractfile("package/package.json")
        assert described is not None
        return {"license": json.load(described)["license"], **hashes}


def copy() -> None:
    manifest = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            found = unpack(package, fetch(package, Path(folder)))
            manifest[package.name] = {
                "version": package.version,
                "license": found.pop("license"),
                "integrity": package.integrity,
                "files": found,
            }
    for place in set(committed()) - {place for entry in manifest.values() for place in entry["files"]}:
        (WEB / place).unlink()
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n")


def committed() -> list[str]:
    """Every file in the two folders but the manifest."""
    found = [p for folder in (FILES, ICONS) for p in (WEB / folder).rglob("*") if p.is_file() and p != MANIFEST]
    return sorted(p.relative_to(WEB).as_posix() for p in found)


def differences() -> list[str]:
    """What does not agree between the folders, the manifest and the list of packages above."""
    manifest = json.loads(MANIFEST.read_text())
    pinned = {package.name: (package.version, package.integrity) for package in PACKAGES}
    listed = {place: digest for entry in manifest.values() for place, digest in entry["files"].items()}
    found = [
        f"{name}: manifest is of another version"
        for name, entry in manifest.items()
        if pinned.get(name) != (entry["version"], entry["integrity"])
    ]
    found += [f"{place}: not in the manifest" for place in set(committed()) - set(listed)]
    for place, digest in listed.items():
        path = WEB / place
        if not path.exists():
            found.append(f"{place}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{place}: changed")
    return sorted(found)


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        problems = differences()
        print(*problems, sep="\n", file=sys.stderr)
        sys.exit(1 if problems else 0)
    copy()
