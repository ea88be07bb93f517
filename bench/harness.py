"""What the benchmarks share: a scratch installation, a child process with its peak memory, rows of results."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = Path(os.environ.get("FAROL_BENCH_DIR", Path(tempfile.gettempdir()) / "farol-bench"))
FACTS = SCRATCH / "facts.csv"
HOME = SCRATCH / "home"


@dataclass(frozen=True)
class Row:
    """One line of the results: what was measured, ours, the rival's, and the bar it must meet."""

    what: str
    ours: str
    rival: str
    ratio: str
    bar: str


def child(*command: object, env: dict[str, str] | None = None) -> tuple[float, float, str]:
    """Run a command; (seconds, peak resident memory in MiB of it and its children, standard output)."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [str(c) for c in command], cwd=ROOT, env={**os.environ, **(env or {})}, stdout=output
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(0.02)
        taken = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(f"bench: {command} ended with {process.returncode}")
        output.seek(0)
        return taken, peak, output.read()


def rival(*command: object) -> float:
    """The number that a rival's script prints last (progress bars may stand before it)."""
    return float(child(*command)[2].strip().splitlines()[-1])


def tree_memory(pid: int) -> float:
    """Resident MiB of a process and everything below it (pages shared between them are counted once each: PSS)."""
    total, waiting = 0.0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            text = Path(f"/proc/{current}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
            for task in Path(f"/proc/{current}/task").iterdir():
                waiting += [int(p) for p in (task / "children").read_text().split()]
        except (OSError, StopIteration):
            continue
    return total


def median_ms(action: Callable[[], object], times: int = 15) -> float:
    """Median milliseconds after one warm-up call."""
    action()
    samples = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        samples.append(1000 * (time.perf_counter() - started))
    return statistics.median(samples)


def farol(*arguments: str) -> tuple[float, float, str]:
    """The command line on the scratch installation."""
    return child(sys.executable, "-m", "farol.cli", *arguments, env={"FAROL_HOME": str(HOME)})


def rivals_python() -> str:
    """The Python that has pandas and Streamlit (`./dev bench` makes it)."""
    return os.environ.get("FAROL_RIVALS_PYTHON", sys.executable)


def facts() -> Path:
    """The ten million rows, generated once."""
    if not FACTS.exists():
        from bench import data

        SCRATCH.mkdir(parents=True, exist_ok=True)
        data.generate(FACTS)
    return FACTS


def installation() -> Path:
    """A scratch installation with the facts loaded."""
    if not (HOME / "loaded").exists():
        farol("init")
        farol("load", "payments", str(facts()))
        (HOME / "loaded").touch()
    return HOME


def django() -> None:
    """Set Farol up in this process on the scratch installation."""
    installation()
    os.environ["FAROL_HOME"] = str(HOME)
    from django import setup

    setup()


def published_file() -> Path:
    """The DuckDB file that readers of the scratch installation see."""
    return max((HOME / "warehouse/payments").glob("v*.duckdb"), key=os.path.getmtime)
