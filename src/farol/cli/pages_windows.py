"""The page server on Windows, behind IIS: waitress."""

from __future__ import annotations

from django.conf import settings

from farol.cli.children import follow_parent


def serve_pages(port: int) -> None:
    """Serve until told to stop; one process with all the threads."""
    import waitress

    from farol.config.wsgi import application

    follow_parent()

    threads = settings.FAROL_WEB_PROCESSES * settings.FAROL_WEB_THREADS
    waitress.serve(application, host=settings.FAROL_BIND, port=port, threads=threads, ident=None)
