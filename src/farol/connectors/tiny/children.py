"""What `farol up` starts beside its own processes: the made-up Tiny, where the settings ask for it."""

from __future__ import annotations

from django.conf import settings


def simulator() -> tuple[str, list[str]] | None:
    """Name and arguments, or nothing."""
    port = settings.FAROL_TINY_SIMULATOR_PORT
    return ("tiny", ["simulate", "tiny", "--port", str(port)]) if port else None


CHILDREN = [simulator]
