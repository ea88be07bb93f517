"""A record as JSON."""

from __future__ import annotations

from typing import Any

from farol.engines.workflow import allowed, links
from farol.engines.workflow.models import Case, Comment, HistoryEntry
from farol.engines.workflow.module import Module, module_of
from farol.platform.accounts.principal import Principal


def item(module: Module, record: Case, principal: Principal) -> dict[str, Any]:
    """What every list says of it; the module adds its own fields."""
    state = module.state(record)
    return {
        "number": record.number,
        "status": state.name,
        "status_label": str(state.label),
        "version": record.version,
        "created_at": record.created_at.isoformat(),
        "changed_at": record.changed_at.isoformat(),
        "owner": record.owner_id,
        "deadline": record.deadline.isoformat() if record.deadline else None,
        **module.item(record, principal),
    }


def detail(module: Module, record: Case, principal: Principal) -> dict[str, Any]:
    """Besides, what the person may do with it now and what it is connected with."""
    return {
        **item(module, record, principal),
        "actions": [one.transition.name for one in allowed(record, principal) if not one.refusal],
        "links": linked(record, principal),
    }


def linked(record: Case, principal: Principal) -> list[dict[str, str]]:
    """The connected records that the person may see."""
    found = []
    for link in links.of(record):
        module = module_of(link.record)
        if module is not None and principal.may(module.view):
            other = module.rows(principal).filter(pk=link.record.partition(":")[2]).first()
            if other is not None:
                found.append({"module": module.name, "number": other.number, "kind": link.kind})
    return found


def step(entry: HistoryEntry) -> dict[str, Any]:
    """One step of the history. Of the columns that it set, only the names of edited ones are told."""
    return {
        "at": entry.at.isoformat(),
        "action": entry.action,
        "from": entry.from_state,
        "to": entry.to_state,
        "reason": entry.reason,
        "person": entry.person_id,
        "by": str(entry.person) if entry.person else entry.actor,
        "fields": [name for name in entry.data.get("fields", "").split(", ") if name],
    }


def said(comment: Comment) -> dict[str, Any]:
    return {
        "at": comment.at.isoformat(),
        "person": comment.person_id,
        "by": str(comment.person) if comment.person else comment.actor,
        "text": comment.text,
    }
