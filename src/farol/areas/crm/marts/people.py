"""Sellers by name: every user, and everybody else whom a record names."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from farol.areas.crm.marts.tables import SELLER, put
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql, compose, literal

ROBOT = "0"
SELLERS = """
    CREATE OR REPLACE TEMP TABLE seller AS
    WITH known AS (
        SELECT connection_id, id, coalesce(nullif(trim(name), ''), printf({former}, id)) AS name, coalesce(team,
            '') AS team,
               coalesce(active, true) AND NOT deleted AS active
        FROM "user"),
    named AS (
        SELECT connection_id, responsible_id AS id FROM lead UNION SELECT connection_id, responsible_id FROM task
        UNION SELECT connection_id, created_by FROM event UNION SELECT connection_id, from_user FROM event
        UNION SELECT connection_id, to_user FROM event
        UNION SELECT connection_id, created_by FROM note UNION SELECT connection_id, responsible_id FROM note),
    everybody AS (
        SELECT * FROM known
        UNION ALL
        SELECT connection_id, id, CASE id WHEN {robot_id} THEN {robot} ELSE printf({former}, id) END, '', false
        FROM named ANTI JOIN known USING (connection_id, id) WHERE id <> '')
    SELECT connection_id, id AS seller_id, team, active,
        CASE WHEN count(*) OVER (PARTITION BY connection_id, name) > 1 THEN name || ' (' || id || ')'
            ELSE name END AS seller
    FROM everybody
"""


def prepare(build: Build) -> None:
    """Table `seller`: every user, and everybody else whom a record names."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {"former": _("former user %(id)s") % {"id": "%s"}, "robot": _("Robot")}
    parts = {name: literal(text) for name, text in {**words, "robot_id": ROBOT}.items()}
    build.connection.execute(compose(SELLERS, **parts))


def fill(build: Build) -> None:
    put(build, SELLER, Sql("SELECT * FROM seller"))
