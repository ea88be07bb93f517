"""The one door: checks right, state, guard, reason and version; change, history, audit and effects stand together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, NotAllowed, NotFound
from farol.engines.workflow.flow import Transition, TransitionRefused
from farol.platform import audit
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.engines.workflow.models import Comment, Record

R = TypeVar("R", bound="Record")
LONGEST = 4000


@dataclass(frozen=True)
class Act:
    """What is being done, as effects see it."""

    action: str
    principal: Principal
    from_state: str
    to_state: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """What a person could do with a record now; `refusal` is the sentence that says why not, or empty."""

    transition: Transition
    refusal: str = ""


def start(record: R, principal: Principal) -> R:
    """Save a new record in its first state, with history and audit. The right to create is the caller's to check."""
    act = Act("create", principal, "", record.flow.initial)
    with transaction.atomic():
        record.save(force_insert=True)
        _write(record, act)
    return record


def run(
    record: R,
    action: str,
    principal: Principal,
    *,
    reason: str = "",
    version: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> R:
    """Do `action`, or raise and change nothing.

    `version` is the one the person saw (default: the record's own as loaded): of two people who act at once, one wins
    and the other is told. `NotAllowed` without the right, `NotFound` for a record out of sight, `TransitionRefused`
    where the table or a guard says no, `BadInput` for a missing reason or wrong data. The record is up to date
    afterwards.
    """
    step = record.flow.actions.get(action)
    if step is None:
        raise TransitionRefused(_("There is no such action here."), code="unknown_action")
    _permit(record, step, principal)
    reason = _reason(step, reason)
    with transaction.atomic():
        now = type(record)._default_manager.get(pk=record.pk)
        _check_version(now, record.version if version is None else version)
        _check_state(now, step)
        if refusal := step.guard and step.guard(now, principal):
            raise TransitionRefused(refusal)
        columns = step.accept(now, principal, data or {}) if step.accept else {}
        act = Act(action, principal, now.status, step.target or now.status, reason, data or {})
        _change(now, act, columns)
        now.refresh_from_db()
        _write(now, act, columns)
        if step.effect:
            step.effect(now, act)
    record.refresh_from_db()
    return record


def allowed(record: Record, principal: Principal) -> list[Action]:
    """What leads on from the record's state and is within the person's rights, each with the reason it is refused."""
    return [
        Action(step, str(step.guard(record, principal) or "") if step.guard else "")
        for step in record.flow.transitions
        if record.status in step.sources and _may(record, step, principal)
    ]


def comment(record: Record, principal: Principal, text: str) -> Comment:
    """Say something about a record. The right to see it is the caller's to check."""
    from farol.engines.workflow.models import Comment

    text = _clean(text, "text")
    if not text:
        raise BadInput("text", _("Write something first."))
    person, actor = _who(principal)
    return Comment.objects.create(record=record.reference, person_id=person, actor=actor, text=text)


def _may(record: Record, step: Transition, principal: Principal) -> bool:
    if step.system or (record.flow.sees and not record.flow.sees(record, principal)):
        return False
    return principal.may(step.permission) and (not principal.own_only(step.permission) or _owns(record, principal))


def _owns(record: Record, principal: Principal) -> bool:
    return record.flow.owns is not None and record.flow.owns(record, principal)


def _permit(record: Record, step: Transition, principal: Principal) -> None:
    principal.require(step.permission)
    if record.flow.sees and not record.flow.sees(record, principal):
        raise NotFound(_("There is no such record."))
    if step.system and principal.user is not None:
        raise NotAllowed(_("Farol does this by itself."))
    if principal.own_only(step.permission) and not _owns(record, principal):
        raise NotAllowed(_("You may do this with your own records only."))


def _reason(step: Transition, reason: str) -> str:
    reason = _clean(reason, "reason")
    if step.reason and not reason:
        raise BadInput("reason", _("Say why: it stays in the history."), code="required")
    return reason


def _clean(text: str, field_name: str) -> str:
    text = text.replace("\0", "").strip()
    if len(text) > LONGEST:
        raise BadInput(field_name, _("At most %(most)s characters.") % {"most": LONGEST})
    return text


def _check_version(now: Record, seen: int) -> None:
    if now.version != seen:
        raise _overtaken()


def _check_state(now: Record, step: Transition) -> None:
    if now.status not in step.sources:
        sentence = _("“%(action)s” is not possible while the state is “%(state)s”.")
        raise TransitionRefused(sentence % {"action": step.label, "state": now.state.label})


def _change(now: Record, act: Act, columns: Mapping[str, Any]) -> None:
    """The guard of the UPDATE decides between two who read the same version."""
    unchanged = type(now)._default_manager.filter(pk=now.pk, status=act.from_state, version=now.version)
    instant = clock.now()
    changed = unchanged.update(**columns, status=act.to_state, version=now.version + 1, changed_at=instant)
    if changed != 1:
        raise _overtaken()


def _overtaken() -> TransitionRefused:
    sentence = _("Somebody else has changed this meanwhile. Nothing was done; look at it again.")
    return TransitionRefused(sentence, code="changed_meanwhile")


def _write(record: Record, act: Act, columns: Mapping[str, Any] | None = None) -> None:
    from farol.engines.workflow.models import HistoryEntry

    person, actor = _who(act.principal)
    HistoryEntry.objects.create(
        record=record.reference,
        person_id=person,
        actor=actor,
        action=act.action,
        from_state=act.from_state,
        to_state=act.to_state,
        reason=act.reason,
        data={name: str(value) for name, value in (columns or {}).items() if value and not isinstance(value, dict)},
    )
    params = {"action": act.action, "from": act.from_state, "to": act.to_state}
    audit.record(act.principal, f"{record.flow.name}.{act.action}", target=record.reference, params=params)


def _who(principal: Principal) -> tuple[int | None, str]:
    return principal.user_id, "" if principal.user else principal.label
