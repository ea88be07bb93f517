"""Runs the benchmarks and prints ours beside the rival's, with the ratio: `./dev bench [names]`."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")

ALL = (
    *("load", "query", "report", "export", "pages", "login", "streams", "bombs", "alerts_incidents", "alerts_weeks"),
    *("books", "cases", "typeahead"),
    *("crm", "kommo_rate", "forecast"),
)


def main() -> None:
    names = sys.argv[1:] or ALL
    print("| measured | Farol | rival | ratio | bar |\n|---|---|---|---|---|")
    for name in names:
        for row in importlib.import_module(f"bench.{name}").run():
            print(f"| {row.what} | {row.ours} | {row.rival} | {row.ratio} | {row.bar} |", flush=True)


if __name__ == "__main__":
    main()
