"""The command line: `farol …`.

JSON alone on stdout, progress and messages on stderr; exit 0 done, 1 refused or failed, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of `farol`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
    import django

    django.setup()
    from farol.cli.root import build

    build()(prog_name="farol", args=sys.argv[1:])
