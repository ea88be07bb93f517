"""Database triggers: postings and entries are never changed or deleted, none is added to a closed month, and (where
the database can wait for the end of a transaction) none is kept whose entries do not add up to nothing.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_posting", "ledger_entry")
REFUSAL = "postings are append-only"
CLOSED = "the month is closed"
UNBALANCED = "a posting must add up to nothing"


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


_DAY = {"ledger_posting": "NEW.day", "ledger_entry": "(SELECT day FROM ledger_posting WHERE id = NEW.posting_id)"}


def _shut(table: str, first: str) -> str:
    return f"EXISTS (SELECT 1 FROM ledger_month WHERE closed AND first = {first.format(day=_DAY[table])})"  # noqa: S608


# REPLACE deletes without firing the trigger of the deletion, so a row may not come in under a number that is taken
_SQLITE = [
    statement
    for table in TABLES
    for statement in (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",  # noqa: S608 (constants of this file)
        f"""CREATE TRIGGER {table}_month BEFORE INSERT ON {table}
            WHEN {_shut(table, "date({day}, 'start of month')")}
            BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END""",
    )
]
_DROP_SQLITE = [
    f"DROP TRIGGER IF EXISTS {table}_{name}"
    for table in TABLES
    for name in ("no_delete", "no_update", "no_replace", "month")
]


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _raise(text: str) -> str:
    return f"RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation';"


_MONTH_OF = "date_trunc('month', {day})::date"
_POSTGRES = [
    _function("ledger_refuse", _raise(REFUSAL)),
    _function(
        "ledger_balanced",
        "IF (SELECT sum(amount) FROM ledger_entry WHERE posting_id = NEW.posting_id) <> 0 "  # noqa: S608
        f"THEN {_raise(UNBALANCED)} END IF; RETURN NULL;",
    ),
    "CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()",
    *(
        statement
        for table in TABLES
        for statement in (
            _function(f"{table}_month", f"IF {_shut(table, _MONTH_OF)} THEN {_raise(CLOSED)} END IF; RETURN NEW;"),
            f"""CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION ledger_refuse()",
            f"CREATE TRIGGER {table}_month BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_month()",
        )
    ),
]
_DROP_POSTGRES = [
    "DROP TRIGGER IF EXISTS ledger_entry_balanced ON ledger_entry",
    *(
        f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
        for table in TABLES
        for name in ("unchanged", "no_truncate", "month")
    ),
    *(f"DROP FUNCTION IF EXISTS {name}()" for name in ("ledger_refuse", "ledger_balanced")),
    *(f"DROP FUNCTION IF EXISTS {table}_month()" for table in TABLES),
]
