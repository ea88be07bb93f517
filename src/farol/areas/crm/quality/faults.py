"""Records that people can mend, one row for each fault: what the page of data health lists."""

from __future__ import annotations

from farol.areas.crm.marts.tables import FAULT, put
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import compose

FAULTS = """
    WITH l AS (SELECT * FROM {target}.lead),
    gaps AS (SELECT DISTINCT connection_id, lead_id, local_day(entered) AS day FROM intervals WHERE gap),
    strange AS (SELECT connection_id, lead_id, any_value(stage) AS stage, min(local_day(entered)) AS day
                FROM intervals WHERE unknown GROUP BY connection_id, lead_id)
    SELECT connection_id, lead_id, responsible_id, responsible, check_name, day, coalesce(nullif(detail, ''),
        name) AS detail FROM (
        SELECT *, 'closed_before_created' AS check_name, closed_day AS day, '' AS detail FROM l
            WHERE closed_at < created_at
        UNION ALL SELECT *, 'won_without_value', closed_day, '' FROM l WHERE won = 1 AND value_centavos IS NULL
        UNION ALL SELECT *, 'no_responsible', created_day, '' FROM l WHERE responsible_id IN ('', '0')
        UNION ALL SELECT *, 'no_source', created_day, '' FROM l WHERE counts AND channel = 'unclassified'
        UNION ALL SELECT l.*, 'history_gap', g.day, '' FROM l JOIN gaps g USING (connection_id, lead_id)
        UNION ALL SELECT l.*, 'unknown_stage', s.day, s.stage FROM l JOIN strange s USING (connection_id, lead_id)
        UNION ALL SELECT l.*, 'closing_differs', l.closed_day, '' FROM l JOIN closing c USING (connection_id, lead_id)
            WHERE c.differs)
"""


def fill(build: Build) -> None:
    put(build, FAULT, compose(FAULTS, target=build.target))
