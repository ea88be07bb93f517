"""Large files are made by a process of their own, behind the pages: tens of thousands of rows keep a core busy for
seconds, and in a page's process everybody else there would wait for them.

The process asks the same view the same question as the same person, and leaves the file where it was told to.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from farol.core.errors import Unavailable
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists.rows import Rows
from farol.platform.web.middleware import request_id

FROM = 5_000  # rows; below, starting a process takes longer than writing them
SECONDS = 50  # the page server gives up at 60
AT_ONCE = 2  # in one page process
NICE = 15
_turns = threading.BoundedSemaphore(AT_ONCE)


def is_large(request: HttpRequest, rows: Rows) -> bool:
    from django.db.models import QuerySet

    from farol.platform.web.lists.paging import counted

    made_here = getattr(request, "apart", False) or not isinstance(rows, QuerySet)
    return not made_here and counted(rows, FROM) > FROM


def made_apart(request: HttpRequest) -> FileResponse:
    """The file that the same request answers with. `Unavailable` while too many are made, or when it takes too long."""
    if not _turns.acquire(timeout=SECONDS):
        raise Unavailable(_("Other large files are being made. Try again in a minute."))
    try:
        return _made(request)
    finally:
        _turns.release()


def _made(request: HttpRequest) -> FileResponse:
    principal: Principal = request.principal
    asked = {
        "path": request.path_info,
        "query": request.GET.urlencode(),
        "user": principal.user_id,
        "rights": sorted(principal.rights),
        "label": principal.label,
        "language": translation.get_language(),
        "request_id": request_id.get(),
    }
    handle, name = tempfile.mkstemp(dir=_folder())
    os.close(handle)
    command = [sys.executable, "-m", "farol.platform.web.lists.apart", name]
    try:
        done = subprocess.run(
            command, input=json.dumps(asked), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the export of {request.path_info} failed: {done.stderr[-2000:]}")
        return _answer(open(name, "rb"), json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired as error:
        sentence = _("This file takes too long to make. Filter the list, or choose fewer columns.")
        raise Unavailable(sentence) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _folder() -> Path:
    folder: Path = settings.FAROL_HOME / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _answer(file: IO[bytes], head: dict[str, Any]) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=head["name"], content_type=head["type"])


def main() -> None:
    import django

    _step_back()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
    django.setup()
    asked = json.load(sys.stdin)
    token = request_id.set(asked["request_id"])
    try:
        with translation.override(asked["language"]):
            response = _asked_again(asked)
        with open(sys.argv[1], "wb") as target:
            for block in response.streaming_content:
                target.write(block)
    finally:
        request_id.reset(token)
    print(json.dumps({"name": response.filename, "type": response["Content-Type"]}))  # noqa: T201


def _step_back() -> None:
    """Pages come first: at the lowest priority even a niced process is left to finish its turn on a core."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _asked_again(asked: dict[str, Any]) -> Any:
    from django.urls import resolve

    from farol.platform.accounts.models import User

    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", asked["path"], asked["path"]
    request.GET = QueryDict(asked["query"])
    user = User.objects.filter(pk=asked["user"]).first()
    request.user = user
    request.principal = Principal(frozenset(asked["rights"]), user, asked["label"])
    request.apart = True
    found = resolve(asked["path"])
    return found.func(request, *found.args, **found.kwargs)


if __name__ == "__main__":
    main()
