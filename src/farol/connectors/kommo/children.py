"""What `farol up` starts beside its own processes: the made-up Kommo, where the settings ask for it."""

from __future__ import annotations

from django.conf import settings


def simulator() -> tuple[str, list[str]] | None:
    """Name and arguments, or nothing."""
    port = settings.FAROL_KOMMO_SIMULATOR_PORT
    return ("kommo", ["simulate", "kommo", "--port", str(port)]) if port else None


CHILDREN = [simulator]
