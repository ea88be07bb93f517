"""Every measure worked out a second time in plain Python, from the records as they were taken in.

Written from the description of the area, not from the product's SQL. Of the product it takes only the channel of each
lead (the rules have tests of their own) and the business days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from farol.areas.crm.tests.company import ZONE
from farol.platform import calendar

Row = dict[str, Any]
WON, LOST = "142", "143"
OPENS, CLOSES = dt.time(8), dt.time(18)
OUTGOING = {"outgoing_call", "outgoing_chat_message", "outgoing_mail", "outgoing_sms", "call_out", "sms_out"}
INCOMING = {"incoming_call", "incoming_chat_message", "incoming_mail", "incoming_sms", "call_in", "sms_in"}


def local(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, ZONE)


def business_seconds(start: int, end: int) -> int:
    """How much of the time between two instants the shop was open."""
    total = 0
    for day in calendar.default().days(local(start).date(), local(end).date()):
        if day.business_day:
            opens, closes = (dt.datetime.combine(day.day, t, ZONE).timestamp() for t in (OPENS, CLOSES))
            total += max(0, int(min(end, closes) - max(start, opens)))
    return total


def quantile(values: Iterable[Any], part: Fraction) -> Fraction | None:
    """Linear between neighbours."""
    ranked = sorted(values)
    if not ranked:
        return None
    place = part * (len(ranked) - 1)
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (place - low) * (ranked[high] - ranked[low])


def ratio(part: Any, whole: Any, times: int = 1) -> Fraction | None:
    return Fraction(part) * times / Fraction(whole) if whole else None


def times(name: str, values: list[int], per: int = 1) -> dict[str, Fraction | None]:
    mean = ratio(sum(values), len(values) * per)
    half, most = (quantile(values, part) for part in (Fraction(1, 2), Fraction(9, 10)))
    return {
        f"{name}_mean": mean,
        f"{name}_median": None if half is None else Fraction(half) / per,
        f"{name}_p90": None if most is None else Fraction(most) / per,
    }


class Shop:
    """The records of a stage, and what they mean. `kept` says whose rows are asked for."""

    def __init__(self, stage: dict[str, list[Row]], channels: dict[str, str], until: int) -> None:
        self.until, self.channels = until, channels
        self.stage = {name: [row for row in rows if not row["deleted"]] for name, rows in stage.items()}
        self.leads = {row["id"]: row for row in self.stage["lead"]}
        self.every = {row["id"]: row for row in stage["lead"]}  # a deleted lead stood in the pipeline until then
        self.gone = {e["lead_id"]: e["created_at"] for e in stage["event"] if e["type"] == "lead_deleted"}
        self.order = {(s["pipeline_id"], s["status_id"]): s["sort"] for s in self.stage["status"]}
        self.of_contact = defaultdict(list)
        for lead in self.leads.values():
            self.of_contact[lead["contact_id"]].append(lead)
        self.moves = defaultdict(list)
        for event in sorted(self.stage["event"], key=lambda e: (e["created_at"], e["id"])):
            if event["type"] == "lead_status_changed" and event["to_status"]:
                self.moves[event["lead_id"]].append(event)
        self.acts = list(self._acts())
        self.stays = [stay for lead in self.leads.values() for stay in self._stays(lead)]

    # what happened

    def _lead_of(self, row: Row) -> Row | None:
        if row["lead_id"]:
            return self.leads.get(row["lead_id"])
        theirs = self.of_contact[row["entity_id"]] if str(row["entity_type"]).startswith("contact") else []
        made = [lead for lead in theirs if lead["created_at"] <= row["created_at"]]
        standing = [lead for lead in made if lead["closed_at"] is None or lead["closed_at"] >= row["created_at"]]
        return max(standing or made, key=lambda lead: lead["created_at"], default=None)

    def _acts(self) -> Iterable[Row]:
        done = {e["entity_id"]: e["created_at"] for e in self.stage["event"] if e["type"] == "task_completed"}
        for task in self.stage["task"]:
            at = done.get(task["id"], task["completed_at"]) if task["completed"] else None
            late = not task["completed"] and task["due_at"] is not None and task["due_at"] < self.until
            moment = at or (task["due_at"] if late else task["created_at"])
            yield {
                "what": "task", "kind": task["kind"], "lead": self._lead_of(task), "who": task["responsible_id"],
                "at": moment, "done": at, "due": task["due_at"], "late": late, "seconds": task["duration"] or 0,
            }  # fmt: skip
        heard, notes = set(), {note["id"] for note in self.stage["note"]}
        for note in sorted(self.stage["note"], key=lambda n: (not n["lead_id"], n["id"])):
            if (note["uniq"] or note["id"]) not in heard and note["type"] in {*OUTGOING, *INCOMING, "common"}:
                heard.add(note["uniq"] or note["id"])
                yield self._said(note, note["duration"] or 0)
        for event in self.stage["event"]:
            if event["type"] in OUTGOING | INCOMING and event["note_id"] not in notes:
                yield self._said(event, 0)

    def _said(self, row: Row, seconds: int) -> Row:
        who = row["created_by"] if row["created_by"] not in (None, "", "0") else row.get("responsible_id")
        lead = self._lead_of(row)
        if row["type"] in INCOMING and lead:
            who = lead["responsible_id"]
        return {
            "what": row["type"], "lead": lead, "who": who or row["created_by"], "at": row["created_at"],
            "done": None, "due": None, "late": False, "seconds": seconds,
        }  # fmt: skip

    def _stays(self, lead: Row) -> Iterable[Row]:
        """From the creation on; the first stage is what the first move left. Final stages take no time."""
        moves = self.moves[lead["id"]]
        places = [(e["to_pipeline"], e["to_status"], e["created_at"]) for e in moves]
        if moves:
            places.insert(0, (moves[0]["from_pipeline"], moves[0]["from_status"], lead["created_at"]))
        else:
            at = lead["closed_at"] if lead["status"] != "open" else lead["created_at"]
            places = [(lead["pipeline_id"], lead["status_id"], at)]
        for here, then in pairwise([*places, None]):
            final = here[1] in (WON, LOST)
            stay = {"lead": lead, "at": here[2], "final": final, "present": then is None, "stage": here[:2]}
            stay["seconds"] = 0 if final else (then[2] if then else self.until) - here[2]
            stay["lost"] = bool(then) and not final and then[1] == LOST
            stay["forward"] = bool(then) and not final and (
                then[1] == WON
                or (then[1] != LOST and then[0] == here[0] and self.order[then[:2]] > self.order[here[:2]])
            )  # fmt: skip
            yield stay

    # what is asked

    def answers(self, first: dt.date, last: dt.date, kept: Callable[[Row | None, str], bool]) -> dict[str, Any]:
        """Measure by name, `model.measure`, of a period."""

        def inside(seconds: int | None) -> bool:
            return seconds is not None and first <= local(seconds).date() <= last

        created = [row for row in self.leads.values() if inside(row["created_at"]) and kept(row, row["responsible_id"])]
        closed = [row for row in self.leads.values() if inside(self.closing(row)) and kept(row, row["responsible_id"])]
        stays = [s for s in self.stays if inside(s["at"]) and kept(s["lead"], s["lead"]["responsible_id"])]
        acts = [a for a in self.acts if inside(a["at"]) and kept(a["lead"], a["who"])]
        parts = {
            "leads": self._of_leads(created), "deals": self._of_deals(closed),
            "stages": self._of_stays(stays), "activities": self._of_acts(acts), "pipeline": self._standing(last, kept),
        }  # fmt: skip
        return {f"{model}.{name}": value for model, found in parts.items() for name, value in found.items()}

    def _standing(self, day: dt.date, kept: Callable[[Row | None, str], bool]) -> dict[str, Any]:
        """What was open at the end of a day."""
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZONE).timestamp()
        found = []
        for lead in self.every.values():
            there = lead["created_at"] < end and not (lead["deleted"] and self.gone[lead["id"]] < end)
            before = [stay for stay in self._stays(lead) if stay["at"] < end]
            if there and before and not before[-1]["final"] and kept(lead, lead["responsible_id"]):
                found.append(max(0, lead["price_centavos"] or 0))
        return {"open_deals": len(found), "open_value": Fraction(sum(found), 100)}

    def closing(self, lead: Row) -> int | None:
        return lead["closed_at"] if lead["status"] != "open" else None

    def _of_leads(self, leads: list[Row]) -> dict[str, Any]:
        answers = [(lead["created_at"], at) for lead in leads if (at := self.first_response(lead)) is not None]
        won = [lead for lead in leads if lead["status"] == "won"]
        revenue = sum(max(0, lead["price_centavos"] or 0) for lead in won)
        costs = [lead["cost_centavos"] for lead in leads if lead["cost_centavos"] is not None]
        cost = sum(costs) if costs else None
        return {
            "leads": len(leads),
            "leads_classified": sum(self.channels[lead["id"]] != "unclassified" for lead in leads),
            "answered_share": ratio(len(answers), len(leads), 100),
            "won": len(won),
            "revenue": Fraction(revenue, 100),
            "conversion": ratio(len(won), len(leads), 100),
            "cost": None if cost is None else Fraction(cost, 100),
            "cost_per_lead": None if cost is None else ratio(Fraction(cost, 100), len(leads)),
            "roi": ratio(revenue - cost, cost, 100) if cost else None,
            **times("first_response_hours", [end - start for start, end in answers], 3600),
            **times("first_response_business_hours", [business_seconds(*pair) for pair in answers], 3600),
        }

    def first_response(self, lead: Row) -> int | None:
        theirs = [a for a in self.acts if a["lead"] is lead and (a["what"] in OUTGOING or a["done"])]
        return min((a["done"] or a["at"] for a in theirs if (a["done"] or a["at"]) > lead["created_at"]), default=None)

    def _of_deals(self, deals: list[Row]) -> dict[str, Any]:
        won = [lead for lead in deals if lead["status"] == "won"]
        valued = [lead["price_centavos"] for lead in won if (lead["price_centavos"] or 0) > 0]
        revenue = Fraction(sum(valued), 100)
        cycles = [max(0, (local(d["closed_at"]).date() - local(d["created_at"]).date()).days) for d in won]
        return {
            "deals": len(deals),
            "won": len(won),
            "lost": len(deals) - len(won),
            "win_rate": ratio(len(won), len(deals), 100),
            "revenue": revenue,
            "average_ticket": ratio(revenue, len(valued)),
            "revenue_per_won": ratio(revenue, len(won)),
            "won_without_value": len(won) - len(valued),
            **times("cycle_days", cycles),
        }

    def _of_stays(self, stays: list[Row]) -> dict[str, Any]:
        passing = [stay for stay in stays if not stay["final"]]
        lost, current = sum(s["lost"] for s in passing), sum(s["present"] for s in passing)
        return {
            "entered": len(stays),
            "still_there": current,
            "lost": lost,
            "moved_on": len(passing) - current - lost,
            "stage_conversion": ratio(sum(s["forward"] for s in passing), len(passing), 100),
            "overall_conversion": ratio(
                sum(s["lead"]["status"] == "won" and not s["present"] for s in passing), len(passing), 100
            ),
            "abandonment": ratio(lost, len(passing), 100),
            **times("hours_in_stage", [stay["seconds"] for stay in passing], 3600),
        }

    def _of_acts(self, acts: list[Row]) -> dict[str, Any]:
        tasks = [a for a in acts if a["what"] == "task"]
        done, contacts = [a for a in tasks if a["done"]], [a for a in acts if a["what"] in OUTGOING]
        promised = [a for a in done if a["due"]]
        meetings = [a for a in tasks if a["kind"] == "meeting"]
        return {
            "activities": len(acts),
            "contacts": len(contacts),
            "meetings": len(meetings),
            "meetings_held": sum(a["done"] is not None for a in meetings),
            "follow_ups": sum(a["kind"] == "follow_up" for a in tasks),
            "completed": len(done),
            "completion": ratio(len(done), len(tasks), 100),
            "on_time": ratio(sum(a["done"] <= a["due"] for a in promised), len(promised), 100),
            "overdue": sum(a["late"] for a in tasks),
            "response_rate": ratio(sum(map(self._heard, contacts)), len(contacts), 100),
            **times("minutes", [a["seconds"] for a in acts if a["seconds"] > 0], 60),
        }

    def _heard(self, contact: Row) -> bool:
        """Whether the customer said something within a day."""
        return contact["lead"] is not None and any(
            a["lead"] is contact["lead"] and a["what"] in INCOMING and 0 <= a["at"] - contact["at"] <= 86_400
            for a in self.acts
        )
