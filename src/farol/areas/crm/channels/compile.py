"""Channel rules as one CASE over compared columns.

Texts are compared without accents, case and punctuation; a pattern meets the text in that form too.
"""

from __future__ import annotations

from collections.abc import Sequence

from farol.areas.crm.channels.rules import FIELDS, UNCLASSIFIED, UNKNOWN_SOURCE, Rule
from farol.engines.warehouse.sql import Sql, compose, ident, listed, literal

NORMAL = r"""trim(regexp_replace(strip_accents(lower({x})), '[^\p{{L}}\p{{N}}]+', ' ', 'g'))"""
GIVEN = "channel:"  # a source id that begins so names the channel itself: files whose mapping knows it
TEMPLATE = """
    SELECT connection_id, id,
        CASE WHEN rule = 0 AND starts_with(coalesce(source_id, ''), {given}) THEN substr(source_id,
            length({given}) + 1)
             ELSE [{channels}][rule + 1] END AS channel,
        CASE WHEN rule = 0 AND starts_with(coalesce(source_id, ''), {given}) THEN coalesce(source_name, '')
             ELSE [{sources}][rule + 1] END AS source,
        CASE WHEN rule = 0 AND starts_with(coalesce(source_id, ''), {given}) THEN 'file'
            ELSE [{ids}][rule + 1] END AS rule
    FROM (SELECT connection_id, id, source_id, source_name,
              CASE WHEN starts_with(coalesce(source_id, ''), {given}) THEN 0 {whens} ELSE 0 END AS rule
          FROM (SELECT l.connection_id, l.id, l.source_id, l.source_name, {columns}
                FROM lead l LEFT JOIN pipeline p ON p.connection_id = l.connection_id AND p.id = l.pipeline_id
                WHERE NOT l.deleted))
"""


def channel_sql(rules: Sequence[Rule]) -> Sql:
    """SELECT with connection_id, id, channel, source and rule (its id) of every lead that is not deleted."""
    used = {part["field"] for rule in rules for part in (rule, *rule["and"])}
    columns = listed([_column(field) for field in FIELDS if field in used] or [Sql("0 AS nothing")])
    unknown = {"channel": UNCLASSIFIED, "source": UNKNOWN_SOURCE, "id": UNCLASSIFIED}
    lists = {key: listed(literal(rule[key]) for rule in (unknown, *rules)) for key in ("channel", "source", "id")}
    return compose(
        TEMPLATE,
        given=literal(GIVEN),
        channels=lists["channel"],
        sources=lists["source"],
        ids=lists["id"],
        whens=listed((_when(n, rule) for n, rule in enumerate(rules, 1)), " "),
        columns=columns,
    )


def _column(field: str) -> Sql:
    """A compared field as a column of its own name; of tags, a list."""
    if field == "tag":
        each_tag = compose(NORMAL, x=Sql("t"))
        template = """list_transform(from_json(coalesce(l.tags, '[]'), '["VARCHAR"]'), lambda t: {tag}) AS tag"""
        return compose(template, tag=each_tag)
    column = Sql("p.name") if field == "pipeline" else compose("l.{f}", f=ident(field))
    return compose(NORMAL + " AS {f}", x=compose("coalesce({c}, '')", c=column), f=ident(field))


def _when(number: int, rule: Rule) -> Sql:
    tests = listed((_condition(part) for part in (rule, *rule["and"])), " AND ")
    return compose("WHEN {tests} THEN {n}", tests=tests, n=literal(number))


def _condition(part: Rule) -> Sql:
    field = ident(part["field"])
    if part["field"] == "tag":
        return compose("len(list_filter(tag, lambda t: {test})) > 0", test=_test(Sql("t"), part))
    return _test(field, part)


def _test(x: Sql, part: Rule) -> Sql:
    value = part["value"]
    if part["test"] == "present":
        return compose("{x} <> ''", x=x)
    if part["test"] == "one_of":
        return compose("{x} IN ({values})", x=x, values=listed(compose(NORMAL, x=literal(v)) for v in value))
    if part["test"] == "matches":
        return compose("regexp_matches({x}, {v})", x=x, v=literal(value))
    name = {"equals": "{x} = {v}", "contains": "contains({x}, {v})", "starts": "starts_with({x}, {v})"}[part["test"]]
    return compose(name, x=x, v=compose(NORMAL, x=literal(value)))
