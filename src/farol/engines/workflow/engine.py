"""The one door: checks right, state, guard, reason and version; change, history, audit and effects stand together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock, rows
from farol.core.errors import BadInput, NotAllowed, NotFound
from farol.engines.workflow import effects
from farol.engines.workflow.flow import Transition, TransitionRefused
from farol.platform import audit
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.engines.workflow.models import Case, Comment, Record

R = TypeVar("R", bound="Record")
C = TypeVar("C", bound="Case")
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
    """Save a new record in its first state, with history and audit; a case gets its number and who opened it.

    The right to create is the caller's to check.
    """
    from farol.engines.workflow.models import Case

    act = Act("create", principal, "", record.flow.initial)
    with transaction.atomic():
        if isinstance(record, Case):
            record.number = record.number or next_number(record)
            record.created_by_id = principal.user_id
        record.save(force_insert=True)
        _write(record, act)
        effects.carry_out(record, act)
    return record


def edit(record: R, principal: Principal, changes: Mapping[str, Any], *, version: int | None = None) -> R:
    """Change columns of a record in a state in which its flow lets people edit; the history names the columns.

    Refuses like `run`. Columns that stay as they are do not count; without any change nothing happens.
    """
    rule = record.flow.edit
    if rule is None:
        raise TransitionRefused(_("This can't be edited."), code="not_editable")
    principal.require(rule.permission)
    with transaction.atomic():
        now = rows.read(type(record), record.pk)
        _check_version(now, record.version if version is None else version)
        if now.status not in rule.states:
            sentence = _("It can't be edited any more while the state is “%(state)s”.")
            raise TransitionRefused(sentence % {"state": now.state.label}, code="not_editable")
        columns = {name: value for name, value in changes.items() if getattr(now, name) != value}
        if columns:
            act = Act("edit", principal, now.status, now.status, data={"fields": sorted(columns)})
            _change(now, act, columns)
            _write(now, act, {"fields": ", ".join(sorted(columns))})
            effects.carry_out(now, act)
    return _renewed(record)


def assign(record: C, principal: Principal, owner_id: int | None, *, version: int | None = None) -> C:
    """Give a case to somebody, or to nobody. That the two may is the caller's to check; refuses like `run`."""
    with transaction.atomic():
        now = rows.read(type(record), record.pk)
        _check_version(now, record.version if version is None else version)
        if now.owner_id != owner_id:
            act = Act("assign", principal, now.status, now.status, data={"owner": owner_id})
            _change(now, act, {"owner_id": owner_id})
            _write(now, act, {"owner": owner_id})
            effects.carry_out(now, act)
    return _renewed(record)


def next_number(record: Case) -> str:
    """The number of a new record. Its counter stays locked until the transaction ends, so whoever takes other running
    numbers in the same transaction takes this one first: then no two wait for each other."""
    from farol.engines.workflow import counters
    from farol.engines.workflow.module import get_module

    year = clock.today().year
    prefix = get_module(record.flow.name).prefix
    return f"{prefix}-{year}-{counters.take(f'number:{prefix}:{year}'):06d}"


def _renewed(record: R) -> R:
    from farol.engines.workflow import deeds

    record.refresh_from_db()
    deeds.forget(record)
    return record


def _taken_over(record: R, now: R) -> R:
    """As `_renewed`, where nobody but the door changed the row: what it knows need not be read again."""
    from farol.engines.workflow import deeds

    for column in now._meta.concrete_fields:
        setattr(record, column.attname, getattr(now, column.attname))
    deeds.forget(record)
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
        now = rows.read(type(record), record.pk)
        _check_version(now, record.version if version is None else version)
        _check_state(now, step)
        if refusal := step.guard and step.guard(now, principal):
            raise TransitionRefused(refusal)
        columns = step.accept(now, principal, data or {}) if step.accept else {}
        act = Act(action, principal, now.status, step.target or now.status, reason, data or {})
        _change(now, act, columns)
        _write(now, act, columns)
        if step.effect:
            step.effect(now, act)
        further = effects.carry_out(now, act)
    return _renewed(record) if step.effect or further else _taken_over(record, now)


def allowed(record: Record, principal: Principal) -> list[Action]:
    """What leads on from the record's state and is within the person's rights, each with the reason it is refused."""
    from farol.engines.workflow import deeds

    steps = [s for s in record.flow.transitions if record.status in s.sources and _may(record, s, principal)]
    if any(step.guard for step in steps) and not deeds.known(record):
        deeds.remember([record])
    return [Action(step, str(step.guard(record, principal) or "") if step.guard else "") for step in steps]


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
    seen = {"id": now.pk, "status": act.from_state, "version": now.version}
    values = {**columns, "status": act.to_state, "version": now.version + 1, "changed_at": clock.now()}
    if not rows.change(type(now), seen, values):
        raise _overtaken()
    for name, value in values.items():
        setattr(now, name, value)


def _overtaken() -> TransitionRefused:
    sentence = _("Somebody else has changed this meanwhile. Nothing was done; look at it again.")
    return TransitionRefused(sentence, code="changed_meanwhile")


def _write(record: Record, act: Act, columns: Mapping[str, Any] | None = None) -> None:
    from farol.engines.workflow.models import HistoryEntry

    person, actor = _who(act.principal)
    rows.insert(
        HistoryEntry,
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
