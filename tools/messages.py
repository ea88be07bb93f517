"""The translation catalogue: English msgids in the code, Portuguese in `src/farol/locale`. No gettext binary.

  python tools/messages.py update                     read the sources again: new msgids in, vanished ones out
  python tools/messages.py missing [--under FOLDER]   untranslated msgids as JSON on stdout
  python tools/messages.py fill FILE.json             merge {msgid: Portuguese}; a plural takes a list of two
  python tools/messages.py compile                    write the binary catalogue the product reads (not committed)
  python tools/messages.py check                      exit 1 if a text is missing or stale or placeholders disagree

A msgid with a context is written `context\\u0004msgid` in the JSON files.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/farol"
FOLDER = SOURCE / "locale/pt_BR/LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
CONTEXT = "\x04"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
ALIAS = re.compile(r"^from django\.utils\.translation import (\w+) as (\w+)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-z]|(?<!%)%[sd]|\{\w*\}")
HEADER = "# Portuguese of Farol. Changed through tools/messages.py only.\n#"


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One process at a time changes the catalogue."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as file:
        with contextlib.suppress(ImportError):  # Windows: nobody shares a checkout there
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sources() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".py", ".html", ".txt", ".md") and not {"tests", "static", "migrations"} & set(path.parts):
            yield path


def found_in(path: Path) -> Iterator[tuple]:
    """`(line, msgid or tuple, comments, context)` of one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django turns a template into something like Python; its indentation means nothing
        lines = templatize(text, origin=str(path)).splitlines()
        text = "\n".join(line.strip() for line in lines)
    # a file may call a function of Django by a name of its own
    keywords = KEYWORDS | {alias: KEYWORDS[name] for name, alias in ALIAS.findall(text) if name in KEYWORDS}
    stream = io.BytesIO(text.encode())
    yield from extract(extract_python, stream, keywords=keywords, comment_tags=("Translators:",))


def extracted() -> Catalog:
    """A template catalogue of everything the sources ask for."""
    template = empty()
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        for _line, message, comments, context in found_in(path):
            template.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return template


def empty() -> Catalog:
    catalog = Catalog(locale="pt_BR", domain="django", header_comment=HEADER, charset="utf-8", fuzzy=False)
    catalog.mime_headers = [
        ("Language", "pt_BR"),
        ("Plural-Forms", "nplurals=2; plural=(n > 1);"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    return catalog


def stored() -> Catalog:
    if not PO.exists():
        return empty()
    with PO.open("rb") as file:
        return read_po(file, locale="pt_BR", domain="django")


def key(message: Message) -> str:
    """How a message is named in the JSON files."""
    msgid = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}{CONTEXT}{msgid}" if message.context else msgid


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def merged() -> Catalog:
    """What the sources ask for, with the translations that are known. Nothing is guessed from similar texts."""
    known = {key(message): message.string for message in messages(stored())}
    catalog = extracted()
    for message in messages(catalog):
        string = known.get(key(message))
        if string and isinstance(string, str) == isinstance(message.id, str):
            message.string = string
    return catalog


def text_of(catalog: Catalog) -> bytes:
    """The file, byte for byte: sorted, without places, so that it changes only where a text does."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, ignore_obsolete=True, no_location=True)
    head, _, body = buffer.getvalue().decode().partition("\n\n")
    wanted = ("#", "msgid", "msgstr", '"Language:', '"Plural', '"MIME', '"Content')
    kept = [line for line in head.splitlines() if line.startswith(wanted) and "fuzzy" not in line]
    return ("\n".join(kept) + "\n\n" + body).encode()


def save(catalog: Catalog) -> None:
    temporary = PO.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(text_of(catalog))
    temporary.replace(PO)


def update() -> None:
    with locked():
        save(merged())


def translated(message: Message) -> bool:
    string = message.string
    return bool(string) if isinstance(string, str) else bool(string) and all(string)


def missing(under: str = "") -> dict[str, str | list[str]]:
    """The untranslated messages of the sources under a folder."""
    prefix = Path(under).resolve().relative_to(ROOT).as_posix() if under else ""
    return {
        key(message): "" if isinstance(message.id, str) else ["", ""]
        for message in messages(merged())
        if not translated(message) and any(place.startswith(prefix) for place, _ in message.locations)
    }


def fill(texts: dict[str, str | list[str]]) -> list[str]:
    """Merge translations; returns what was refused, each with the reason."""
    refused = []
    with locked():
        catalog = merged()
        by_key = {key(message): message for message in messages(catalog)}
        for name, string in texts.items():
            message = by_key.get(name)
            reason = "no source asks for it" if message is None else problem(message, string)
            if reason:
                refused.append(f"{name!r}: {reason}")
            elif string and message:
                message.string = string if isinstance(string, str) else tuple(string)
        save(catalog)
    return refused


def problem(message: Message, string: str | list[str] | tuple[str, ...]) -> str:
    """Why a translation can't stand for its msgid; empty if it can."""
    msgids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [string] if isinstance(string, str) else list(string)
    if len(msgids) != len(strings):
        return "a plural takes a list of two, anything else a text"
    wanted = set(PLACEHOLDER.findall(msgids[-1]))
    for text in filter(None, strings):
        # the singular may leave its number out
        if not set(PLACEHOLDER.findall(text)) <= wanted or (
            text is strings[-1] and set(PLACEHOLDER.findall(text)) != wanted
        ):
            return f"placeholders differ: {sorted(wanted)}"
        if text.endswith("\n") != msgids[-1].endswith("\n"):
            return "only one of the two ends with a line break"
    return ""


def compile_catalogue() -> Path:
    """Write the binary catalogue if the text is newer; tests and `./dev` call it at their start."""
    if MO.exists() and PO.exists() and MO.stat().st_mtime_ns >= PO.stat().st_mtime_ns:
        return MO
    with locked():
        temporary = MO.with_suffix(f".{os.getpid()}")
        with temporary.open("wb") as file:
            write_mo(file, stored())
        temporary.replace(MO)
    return MO


def faults() -> list[str]:
    """Everything that keeps the catalogue from being complete and true."""
    catalog = stored()
    found = [f"not translated: {name!r}" for name in missing()]
    found += [f"marked fuzzy: {key(m)!r}" for m in messages(catalog) if m.fuzzy]
    for message in messages(catalog):
        reason = translated(message) and problem(message, message.string)
        if reason:
            found.append(f"{key(message)!r}: {reason}")
    if not found and PO.read_bytes() != text_of(merged()):
        found.append("the file differs from the sources: run tools/messages.py update")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("update", "compile", "check"):
        commands.add_parser(name)
    commands.add_parser("missing").add_argument("--under", default="")
    commands.add_parser("fill").add_argument("file", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "missing":
        print(json.dumps(missing(arguments.under), ensure_ascii=False, indent=1))
        return 0
    if arguments.command == "compile":
        compile_catalogue()
        return 0
    if arguments.command == "update":
        update()
        return 0
    texts = json.loads(arguments.file.read_text(encoding="utf-8")) if arguments.command == "fill" else None
    complaints = faults() if texts is None else fill(texts)
    print(*complaints, sep="\n", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
