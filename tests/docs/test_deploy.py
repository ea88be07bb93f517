"""The container files are built nowhere here, so they are checked against the parts of their schema that they use."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = {"type": "string"}
STRINGS = {"type": "array", "items": TEXT}
COMPOSE = {
    "type": "object",
    "required": ["services"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "volumes": {"type": "object"},
        "services": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "image": TEXT,
                    "build": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"context": TEXT, "dockerfile": TEXT},
                    },
                    "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
                    "profiles": STRINGS,
                    "ports": STRINGS,
                    "volumes": STRINGS,
                    "environment": {"type": "object", "additionalProperties": TEXT},
                    "depends_on": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "properties": {"condition": {"enum": ["service_started", "service_healthy"]}},
                        },
                    },
                    "healthcheck": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"test": STRINGS, "interval": TEXT, "retries": {"type": "integer"}},
                    },
                },
            },
        },
    },
}
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def compose() -> dict:
    return yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())


def test_compose_file_fits_the_schema():
    jsonschema.validate(compose(), COMPOSE)


def test_compose_names_only_what_exists():
    services = compose()["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose()["volumes"] or (ROOT / "deploy" / source).exists(), volume


def test_compose_sets_only_settings_that_farol_reads():
    from django.conf import settings

    known = {setting.name for setting in settings.ENV.table}
    used = {name for name in compose()["services"]["farol"]["environment"] if name.startswith("FAROL_")}
    assert used <= known


def test_no_port_is_open_to_the_world():
    for service in compose()["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_containerfile_copies_what_exists_and_runs_as_nobody_special():
    lines = [x for x in (ROOT / "deploy/Containerfile").read_text().splitlines() if x and not x.startswith("#")]
    assert {line.split()[0] for line in lines} <= INSTRUCTIONS
    assert lines[0].startswith("FROM ")
    assert any(line.startswith("USER ") for line in lines)
    for line in lines:
        if line.startswith("COPY "):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
