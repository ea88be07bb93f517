"""Django's own list of what a public installation must have set."""

from __future__ import annotations

import os
import subprocess
import sys


def test_check_deploy_has_nothing_to_say(tmp_path):
    """L8, behind https as in production."""
    env = {
        **os.environ,
        "FAROL_HOME": str(tmp_path),
        "FAROL_DATABASE_URL": "sqlite:///",
        "FAROL_PUBLIC_URL": "https://farol.example",
        "DJANGO_SETTINGS_MODULE": "farol.config.settings",
    }
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
