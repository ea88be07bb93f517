"""The root command and what every command shares."""

from __future__ import annotations

import sys
from typing import Any

import click
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext as _

from farol import __version__
from farol.cli.prepare import init
from farol.cli.processes import serve, stream, up, worker
from farol.cli.settings import settings_command
from farol.cli.simulate import simulate
from farol.core.errors import BadInput, FarolError
from farol.platform.apps import collect


class Root(click.Group):
    """Turns Farol's own errors into a sentence on stderr and exit 1 (2 for a wrong value on the command line)."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FarolError as error:
            click.echo(f"farol: {error}", err=True)
            sys.exit(2 if isinstance(error, BadInput) else 1)
        except (OperationalError, ProgrammingError) as error:
            sentence = _("The operational database is not ready (%(reason)s). Run “farol init”, then “farol doctor”.")
            click.echo(f"farol: {sentence % {'reason': str(error).splitlines()[0]}}", err=True)
            sys.exit(1)


def build() -> click.Group:
    """The whole command tree: this room's commands and those each room offers in its `commands.py`."""

    @click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(__version__, prog_name="farol")
    def root() -> None:
        """Farol: runs the work and watches the business."""

    for command in (init, up, serve, stream, worker, settings_command, simulate(), *collect("commands", "COMMANDS")):
        root.add_command(command)
    return root
