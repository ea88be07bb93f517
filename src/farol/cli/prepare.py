"""`farol init`: an empty, complete installation in the data folder; safe to run again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

FOLDERS = ("files", "tmp")


@click.command()
def init() -> None:
    """Prepare the data folder: keys, both stores, translations, static files. No demo data, no questions."""
    for text, step in _steps():
        click.echo(f"farol: {text}", err=True)
        step()
    click.echo(f"farol: ready in {settings.FAROL_HOME}", err=True)


def _steps() -> list[tuple[str, Callable[[], object]]]:
    return [
        ("keys", make_keys),
        ("operational database", migrate),
        ("translations", compile_messages),
        ("static files", collect_static),
    ]


def make_keys() -> None:
    """The data folder and, once, its keys; this process goes on with them."""
    settings.FAROL_HOME.mkdir(parents=True, exist_ok=True, mode=0o750)
    for name in FOLDERS:
        (settings.FAROL_HOME / name).mkdir(exist_ok=True)
    if not settings.KEYS_FILE.exists():
        # the settings made these in memory while there was no file
        settings.KEYRING.save(settings.KEYS_FILE)


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def compile_messages() -> None:
    """Write the binary catalogue beside the text where the text is newer (an installed package brings both)."""
    for text in Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"):
        binary = text.with_suffix(".mo")
        if binary.exists() and binary.stat().st_mtime_ns >= text.stat().st_mtime_ns:
            continue
        with text.open("rb") as source:
            catalogue = read_po(source, domain="django")
        temporary = binary.with_suffix(".new")
        with temporary.open("wb") as target:
            write_mo(target, catalogue)
        temporary.replace(binary)


def collect_static() -> None:
    logging.getLogger("whitenoise").setLevel(logging.WARNING)
    call_command("collectstatic", interactive=False, verbosity=0)
