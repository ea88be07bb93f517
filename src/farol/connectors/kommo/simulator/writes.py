"""What may be written into the made-up Kommo: leads, tasks, notes; checked as the real one does."""

from __future__ import annotations

from typing import Any

from farol.connectors.kommo.simulator.journal import Journal
from farol.connectors.kommo.simulator.table import Row
from farol.connectors.kommo.simulator.world import World


class Invalid(Exception):
    """Some rows of a write are wrong; `body` is the answer."""

    def __init__(self, errors: list[tuple[int, str, str]]) -> None:
        super().__init__("validation")
        self.body = {
            "title": "Bad Request",
            "type": "https://httpstatus.es/400",
            "status": 400,
            "detail": "Request validation failed",
            "validation-errors": [
                {"request_id": str(at), "errors": [{"code": code, "path": path, "detail": "…"}]}
                for at, path, code in errors
            ],
        }


class Writes:
    """All or none of a request's rows."""

    def __init__(self, world: World, journal: Journal) -> None:
        self.world, self._journal = world, journal

    def create(self, entity: str, scope: str, body: Any) -> dict[str, Any]:
        """`POST /tasks`, `/leads/notes`, `/leads`: the ids made, in the order asked."""
        rows = body if isinstance(body, list) else []
        check = {"tasks": self._task_errors, "notes": self._note_errors, "leads": lambda row: []}[entity]
        errors = [(at, *error) for at, row in enumerate(rows) for error in check(row)]
        if errors or not rows:
            raise Invalid(errors or [(0, "", "FieldMissing")])
        with self.world.lock:
            made = [self._make(entity, scope, row) for row in rows]
        for row in made:
            self._journal.add(entity, row)
        told = [{"id": row["id"], "request_id": str(at)} for at, row in enumerate(made)]
        return {"_embedded": {entity: told}}

    def _make(self, entity: str, scope: str, row: Row) -> Row:
        if entity == "leads":
            return self.world.create_lead(**{k: v for k, v in row.items() if k not in ("_embedded", "request_id")})
        number = self.world.next_id(entity)
        at = self.world.instant()
        common = {
            "id": number, "created_by": 0, "updated_by": 0, "created_at": at, "updated_at": at, "account_id": 31000001,
            "group_id": 0, "responsible_user_id": row.get("responsible_user_id", 0),
        }  # fmt: skip
        if entity == "tasks":
            made = {
                "task_type_id": 1,
                "duration": 0,
                "is_completed": False,
                "result": [],
                "entity_id": None,
                "entity_type": None,
            }
        else:
            made = {"entity_type": scope}
        made = common | made | {name: value for name, value in row.items() if name != "request_id"}
        self.world.of(entity).put(made)
        if entity == "tasks":
            self.world.note_event("task_added", "task", number, [], [])
        return made

    def _task_errors(self, row: Row) -> list[tuple[str, str]]:
        errors = [(name, "FieldMissing") for name in ("text", "complete_till") if not row.get(name)]
        if row.get("complete_till") and not isinstance(row["complete_till"], int):
            errors.append(("complete_till", "InvalidType"))
        return errors + self._lead_errors(row)

    def _note_errors(self, row: Row) -> list[tuple[str, str]]:
        return ([] if row.get("note_type") else [("note_type", "FieldMissing")]) + self._lead_errors(row)

    def _lead_errors(self, row: Row) -> list[tuple[str, str]]:
        known = row.get("entity_type", "leads") != "leads" or row.get("entity_id") in (None, *self.world.leads.rows)
        return [] if known else [("entity_id", "NotSupportedChoice")]

    def change_lead(self, lead_id: int, body: Row) -> dict[str, Any]:
        names = {"name", "price", "status_id", "pipeline_id", "responsible_user_id", "loss_reason_id"}
        self.world.edit_lead(lead_id, **{name: value for name, value in body.items() if name in names})
        return {"id": lead_id, "updated_at": self.world.leads.rows[lead_id]["updated_at"]}
