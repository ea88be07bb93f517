"""The committed files of other projects are the ones that were fetched and checked."""

from __future__ import annotations

import gzip
import json
import re

from tools import vendor

from farol.engines.dashboards import palette


def test_committed_files_match_the_manifest():
    assert vendor.differences() == []


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    """Control: one more byte, and one file that nobody fetched."""
    folder = tmp_path / "static/vendor"
    folder.mkdir(parents=True)
    (folder / "stray.js").write_text("1")
    for place in ("static/vendor/htmx.min.js",):
        (tmp_path / place).write_bytes((vendor.WEB / place).read_bytes() + b" ")
    manifest = json.loads(vendor.MANIFEST.read_text())
    kept = {"htmx.org": {**manifest["htmx.org"], "files": {place: manifest["htmx.org"]["files"][place]}}}
    (folder / "manifest.json").write_text(json.dumps(kept))
    monkeypatch.setattr(vendor, "WEB", tmp_path)
    monkeypatch.setattr(vendor, "MANIFEST", folder / "manifest.json")
    assert vendor.differences() == ["static/vendor/htmx.min.js: changed", "static/vendor/stray.js: not in the manifest"]


def test_every_package_states_its_licence():
    manifest = json.loads(vendor.MANIFEST.read_text())
    assert {entry["license"] for entry in manifest.values()} <= {"MIT", "Apache-2.0", "OFL-1.1", "0BSD"}


def test_a_first_page_stays_small():
    """Everything that a first page fetches, compressed as the server sends it: 200 kB with 30 kB left for the page."""
    names = ["vendor/tabler.min.css", "vendor/bootstrap.bundle.min.js", "vendor/htmx.min.js"]
    names += ["vendor/inter-latin-wght-normal.woff2", "web/farol.css", "web/farol.js", "web/forms.js", "web/theme.js"]
    names += ["web/farol.svg"]
    files = [(vendor.WEB / "static" / name).read_bytes() for name in names]
    sizes = [min(len(content), len(gzip.compress(content))) for content in files]
    assert sum(sizes) < 195_000, dict(zip(names, sizes, strict=True))


def test_fonts_and_scripts_come_from_here_only():
    for path in (vendor.WEB / "static/web").glob("*"):
        text = path.read_text()
        assert "http://" not in text.replace("http://www.w3.org", ""), path.name
        assert "https://" not in text, path.name


def test_series_have_the_same_colours_on_screen_and_paper():
    """The page's tokens and the palette of charts and PDF."""
    css = (vendor.WEB / "static/web/farol.css").read_text()
    themes = re.findall(r'\[data-bs-theme="(light|dark)"\] \{\n(.*?)^\}', css, re.MULTILINE | re.DOTALL)
    assert [name for name, _body in themes] == ["light", "dark"]
    for name, body in themes:
        tokens = dict(re.findall(r"--hue-(\w+): (#\w+);", body))
        wanted = {f"{n}": palette.THEMES[name][f"hue-{n}"] for n in range(1, palette.HUES + 1)}
        assert tokens == {**wanted, "others": palette.THEMES[name]["others"]}
