"""Leads, deals and people from files, for who has no CRM that can be asked, or a history from before it."""

from __future__ import annotations

import click
from django.utils.translation import gettext_lazy as _

from farol.areas.crm.files.loading import load
from farol.engines.sources.loader import Loader

FILE = click.Path(exists=True, dir_okay=False)
LOADERS = [
    Loader(
        "crm",
        _("Commercial"),
        "crm",
        "upload",
        load,
        _("Load leads, deals and people from CSV or XLSX files, with a mapping of their columns."),
        options=(
            click.Option(["--deals"], type=FILE, help="File of the deals."),
            click.Option(["--leads"], type=FILE, help="File of the leads."),
            click.Option(["--users"], type=FILE, help="File of the people."),
            click.Option(["--mapping"], type=FILE, help="Which column is what (TOML)."),
        ),
        screen="crm:files",
    )
]
