"""`farol serve`, `farol stream`, `farol worker`, `farol up`."""

from __future__ import annotations

import errno
import os
import socket
import sys

import click
from django.conf import settings
from django.utils.translation import gettext as _

from farol.cli.children import follow_parent
from farol.cli.group import Plan, watch
from farol.core.errors import Refused
from farol.platform.apps import collect
from farol.platform.operation.start import preflight

port_option = click.option("--port", type=click.IntRange(1, 65535), help="Port of the pages (default: FAROL_PORT).")


@click.command()
@port_option
def serve(port: int | None) -> None:
    """Serve the pages."""
    port = port or settings.FAROL_PORT
    preflight(settings.FAROL_WEB_PROCESSES)
    refuse_taken(port)
    if sys.platform == "win32":
        from farol.cli.pages_windows import serve_pages
    else:
        from farol.cli.pages import serve_pages
    serve_pages(port)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the live notices (default: FAROL_STREAM_PORT).")
def stream(port: int | None) -> None:
    """Serve the live notices."""
    port = port or settings.FAROL_STREAM_PORT
    preflight(2)
    refuse_taken(port)
    follow_parent()
    from farol.platform.stream.server import serve_stream

    serve_stream(port)


@click.command()
def worker() -> None:
    """Run scheduled jobs, the outbox and background tasks."""
    preflight(2)
    follow_parent()
    from farol.platform.operation.worker import work

    work()


@click.command()
@port_option
def up(port: int | None) -> None:
    """Pages, live notices, worker and what connectors run beside them; Ctrl-C stops all of them."""
    pages = port or settings.FAROL_PORT
    notices = pages + 1 if port and not os.environ.get("FAROL_STREAM_PORT") else settings.FAROL_STREAM_PORT
    preflight(settings.FAROL_WEB_PROCESSES + 2)
    for number in filter(None, (pages, notices, settings.FAROL_TINY_SIMULATOR_PORT)):
        refuse_taken(number)
    local = f"http://127.0.0.1:{pages}"
    address = os.environ.get("FAROL_PUBLIC_URL") or (local if port else settings.FAROL_PUBLIC_URL)
    shared = {"FAROL_PORT": str(pages), "FAROL_STREAM_PORT": str(notices), "FAROL_PUBLIC_URL": address}
    children = {"pages": ["serve"], "notices": ["stream"], "worker": ["worker"]}
    children |= dict(offered for offer in collect("children", "CHILDREN") if (offered := offer()))
    watch(Plan(children, shared, settings.FAROL_BIND, pages, address))


def refuse_taken(port: int) -> None:
    """A sentence instead of a server that tries again and again."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.FAROL_BIND, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Refused(f"{settings.FAROL_BIND}:{port}: {error.strerror}") from error
            raise Refused(
                _("Port %(port)s is in use. Choose another with --port, or stop what uses it.") % {"port": port}
            ) from error
