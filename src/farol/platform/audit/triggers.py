"""Database triggers that refuse to change or delete an entry; only the sealing columns may be set, once."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_entry"
REFUSAL = "audit entries are append-only"
_KEPT = ("id", "at", "person_id", "actor", "code", "target", "params", "request_id")


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of this database engine."""
    remove(connection)
    _run(connection, _SQLITE if connection.vendor == "sqlite" else _POSTGRES)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for the roll-back of the migration and for tests that empty all tables."""
    _run(connection, _DROP_SQLITE if connection.vendor == "sqlite" else _DROP_POSTGRES)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _different(differs: str) -> str:
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _KEPT)


_CHANGED = "OLD.digest <> '' OR OLD.position IS NOT NULL OR {different}"
_SQLITE = [
    f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE}
        WHEN {_CHANGED.format(different=_different("IS NOT"))}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    # REPLACE deletes without firing the trigger above
    f"""CREATE TRIGGER audit_no_replace BEFORE INSERT ON {TABLE}
        WHEN NEW.position IS NOT NULL OR NEW.digest <> '' OR EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",  # noqa: S608 (constants of this file)
]
_DROP_SQLITE = [f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_no_delete", "audit_no_update", "audit_no_replace")]
_POSTGRES = [
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW
        WHEN ({_CHANGED.format(different=_different("IS DISTINCT FROM"))}) EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE TRIGGER audit_no_forgery BEFORE INSERT ON {TABLE} FOR EACH ROW
        WHEN (NEW.position IS NOT NULL OR NEW.digest <> '') EXECUTE FUNCTION audit_refuse()""",
]
_DROP_POSTGRES = [
    *(
        f"DROP TRIGGER IF EXISTS {name} ON {TABLE}"
        for name in ("audit_no_delete", "audit_no_truncate", "audit_no_update", "audit_no_forgery")
    ),
    "DROP FUNCTION IF EXISTS audit_refuse()",
]
