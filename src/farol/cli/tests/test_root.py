"""What every command shares: errors are sentences, never tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [("user", "list", "--json"), ("query", "payments", "--measures", "tpv")])
def test_a_folder_that_was_never_prepared_is_told_what_to_do(tmp_path, command):
    env = {**os.environ, "FAROL_HOME": str(tmp_path / "nothing"), "FAROL_DATABASE_URL": "sqlite:///"}
    done = subprocess.run(
        [sys.executable, "-m", "farol.cli", *command], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("farol: ")
