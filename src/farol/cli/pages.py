"""The page server: gunicorn with threads.

`python -m farol.cli.pages PORT` is a process of its own that loads no room: some libraries start threads when they are
imported, and threads do not survive the fork of the page processes. Each of these loads the product for itself.
"""

from __future__ import annotations

import logging.config
import os
import shutil
import sys
from typing import Any, NoReturn

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from farol.cli.children import follow_parent


class PlainLogger(Logger):
    """Gunicorn's messages go the way of all others; the access line is the product's own."""

    def setup(self, cfg: Any) -> None:
        self.error_log.propagate = True
        self.error_log.handlers = []
        self.error_log.setLevel("WARNING")


class PageServer(BaseApplication):
    """Configured by the settings, not by a file or the command line."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{settings.FAROL_BIND}:{self.port}",
            "workers": settings.FAROL_WEB_PROCESSES,
            "threads": settings.FAROL_WEB_THREADS,
            "worker_class": "gthread",
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
            "timeout": 60,
            "graceful_timeout": 30,
            "keepalive": 5,
            "limit_request_line": 8190,
            "logger_class": PlainLogger,
            "forwarded_allow_ips": "*" if settings.FAROL_TRUSTED_PROXIES else "127.0.0.1,::1",
            # a header must never set SCRIPT_NAME or PATH_INFO, whoever sends it
            "forwarder_headers": "",
            "control_socket_disable": True,
            "child_exit": _forget_metrics,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from farol.config.wsgi import application

        return application


def serve_pages(port: int) -> NoReturn:
    """Become the page server."""
    os.execv(sys.executable, [sys.executable, "-m", "farol.cli.pages", str(port)])  # noqa: S606


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
    logging.config.dictConfig(settings.LOGGING)
    follow_parent()
    share_metrics()
    PageServer(int(sys.argv[1])).run()


def share_metrics() -> None:
    """Counters of all page processes live in files of this folder; those of an earlier start mean nothing."""
    folder = settings.FAROL_HOME / "tmp" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _forget_metrics(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


if __name__ == "__main__":
    main()
