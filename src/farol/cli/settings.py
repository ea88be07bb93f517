"""`farol settings`."""

from __future__ import annotations

import click
from django.conf import settings

from farol.core.environment import Setting


@click.command(name="settings")
@click.option("--markdown", is_flag=True, help="As the table of the operator guide: defaults, no values.")
def settings_command(markdown: bool) -> None:
    """Every setting: name, what is in force, meaning. Secrets are never printed."""
    for row in _markdown() if markdown else _plain():
        click.echo(row)


def _plain() -> list[str]:
    width = max(len(setting.name) for setting in settings.ENV.table)
    return [f"{s.name:<{width}}  {_in_force(s):<28}  {s.help}" for s in settings.ENV.table]


def _in_force(setting: Setting) -> str:
    if setting.secret:
        return "(set, secret)" if setting.given else "(not set)" if not setting.default else setting.default
    value = getattr(settings, setting.name, None)
    if value is None:
        return "(set)" if setting.given else setting.default
    return ",".join(value) if isinstance(value, list) else str(value)


def _markdown() -> list[str]:
    head = ["| setting | default | meaning |", "|---|---|---|"]
    return head + [
        f"| `{s.name}` | {f'`{s.default}`' if s.default else ''} | {s.help}{' (secret)' if s.secret else ''} |"
        for s in settings.ENV.table
    ]
