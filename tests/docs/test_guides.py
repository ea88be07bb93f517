"""The documents say what is so: settings, links, commands."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"(?:^|[`\s])(?:\./dev )?farol ([a-z][a-z-]*(?: [a-z][a-z-]*)?)")


def root() -> click.Group:
    from farol.cli.root import build

    return build()


def test_settings_table_of_the_operator_guide_is_current():
    printed = CliRunner().invoke(root(), ["settings", "--markdown"]).stdout.strip()
    guide = (ROOT / "docs/operator-guide.md").read_text()
    inside = guide.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0].strip()
    assert inside == printed, "run: ./dev farol settings --markdown, and put the table between the two marks"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_named_in_the_documents_exist(page):
    tree = root()
    unknown = []
    for block in re.findall(r"```sh\n(.*?)```|`(farol [^`]+)`", page.read_text(), flags=re.S):
        for words in COMMAND.findall("\n".join(block)):
            first, _, second = words.partition(" ")
            command = tree.commands.get(first)
            group = command if isinstance(command, click.Group) else None
            if command is None or (group and second and group.get_command(click.Context(group), second) is None):
                unknown.append(words)
    assert unknown == []


def test_help_of_every_command_is_written():
    def missing(command: click.Command, path: str) -> list[str]:
        context = click.Context(command)
        names = command.list_commands(context) if isinstance(command, click.Group) else []
        found = [] if (command.help or "").strip() else [path]
        return found + [m for name in names for m in missing(command.get_command(context, name), f"{path} {name}")]

    assert missing(root(), "farol") == []


def test_decisions_are_listed():
    index = (ROOT / "docs/decisions/README.md").read_text()
    pages = {p.name for p in (ROOT / "docs/decisions").glob("0*.md")}
    assert {name for name in pages if name not in index} == set()
