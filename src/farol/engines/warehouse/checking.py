"""Checks of a published version, asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from farol.core.errors import Unavailable
from farol.engines.warehouse.audit import Audit
from farol.engines.warehouse.build import sentence
from farol.engines.warehouse.catalog import Finding, Version
from farol.engines.warehouse.connection import limits
from farol.engines.warehouse.dataset import Check, Dataset, find_dataset
from farol.engines.warehouse.store import current_store
from farol.platform.accounts.principal import Principal


@dataclass(frozen=True)
class Outcome:
    """What a check found; `passed` is None where it needs the private file of the loads and was left out."""

    check: str
    label: str
    passed: bool | None
    hard: bool
    sentence: str
    params: dict[str, Any]
    remedy: str = ""


@dataclass(frozen=True)
class Checked:
    """The outcomes for one version."""

    version: Version
    outcomes: list[Outcome]

    @property
    def passed(self) -> bool:
        """Every hard check that was asked holds."""
        return not any(outcome.hard and outcome.passed is False for outcome in self.outcomes)


def recheck(dataset: str, principal: Principal) -> Checked:
    """Ask every check of a dataset about the version that readers see now. `Unavailable` where there is none."""
    principal.require("sources.view")
    declared, store = find_dataset(dataset), current_store()
    version = store.catalog(dataset).published
    if version is None:
        raise Unavailable(_("There are no data for “%(dataset)s” yet.") % {"dataset": declared.label}, code="no_data")
    connection = duckdb.connect(":memory:", config=limits())
    try:
        with store.attached(connection, declared, version) as schema:
            audit = Audit(connection, declared, None, touched=False, schema=schema)
            return Checked(version, [_outcome(declared, check, audit) for check in declared.checks])
    finally:
        connection.close()


def _outcome(dataset: Dataset, check: Check, audit: Audit) -> Outcome:
    label = str(check.label)
    if check.private:
        text = _("Asked only at each publication: it looks at what the loads brought.")
        return Outcome(check.name, label, None, check.hard, text, {})
    params = check.find(audit)
    text = "" if params is None else sentence(dataset, Finding(check.name, params, check.hard))
    remedy = "" if params is None else str(check.remedy)
    return Outcome(check.name, label, params is None, check.hard, text, params or {}, remedy)
