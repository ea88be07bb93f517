"""Goals of a month over the kinds of its days."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.urls import reverse

from farol.areas.payments import goals
from farol.areas.payments.commands import goal as command
from farol.areas.payments.models import MonthGoal
from farol.core.errors import BadInput, NotAllowed
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.audit.models import Entry
from farol.platform.calendar import BusinessCalendar

pytestmark = pytest.mark.django_db
CALENDAR = BusinessCalendar("SP", "São Paulo")
MARCH = dt.date(2025, 3, 1)


def history(days: int = 200) -> dict[dt.date, Decimal]:
    """Weekdays bring twice what weekends do, Carnival and holidays as little as a Sunday."""
    found = {}
    for back in range(1, days + 1):
        day = MARCH - dt.timedelta(days=back)
        found[day] = Decimal(200_000 if CALENDAR.is_business_day(day) else 100_000)
    return found


def test_the_parts_add_up_and_follow_the_kind_of_day():
    parts = goals.spread(MARCH, Decimal("3000000.01"), history(), CALENDAR)
    assert sum(parts.values()) == Decimal("3000000.01")
    assert len(parts) == 31
    wednesday, sunday, carnival = (parts[dt.date(2025, 3, d)] for d in (19, 16, 4))
    assert Decimal("1.7") < wednesday / sunday < Decimal("2.3")
    assert carnival < wednesday * Decimal("0.8")


def test_without_history_business_days_still_weigh_more():
    parts = goals.spread(MARCH, Decimal(1000), {}, CALENDAR)
    assert sum(parts.values()) == 1000
    assert parts[dt.date(2025, 3, 19)] > parts[dt.date(2025, 3, 16)]


def test_days_of_the_month_itself_do_not_move_its_goals():
    later = history() | {MARCH + dt.timedelta(days=i): Decimal(1) for i in range(10)}
    assert goals.spread(MARCH, Decimal(1000), later, CALENDAR) == goals.spread(
        MARCH, Decimal(1000), history(), CALENDAR
    )


def test_progress_counts_up_to_the_day():
    goals.set_goal(MARCH, Decimal(3_000_000), None, SYSTEM)
    values = history() | {MARCH: Decimal(50_000), dt.date(2025, 3, 2): Decimal(60_000), dt.date(2025, 3, 9): Decimal(9)}
    found = goals.progress(dt.date(2025, 3, 2), values, CALENDAR)
    assert (found.day_value, found.until_value, found.goal) == (60_000, 110_000, 3_000_000)
    assert goals.progress(dt.date(2025, 2, 2), values, CALENDAR) is None


def test_setting_needs_the_right_and_sense():
    with pytest.raises(NotAllowed):
        goals.set_goal(MARCH, Decimal(1), None, Principal(frozenset({"dashboard.payments"})))
    for tpv, share in ((Decimal(0), None), (None, Decimal(101)), (None, Decimal(0))):
        with pytest.raises(BadInput):
            goals.set_goal(MARCH, tpv, share, SYSTEM)
    assert not MonthGoal.objects.exists()
    goals.set_goal(MARCH, Decimal(1), None, SYSTEM)
    assert Entry.objects.get().code == "goal.set"


def test_command_sets_and_lists():
    arguments = ["set", "payments", "--month", "2025-03", "--tpv", "3.000.000,00", "--largest-share", "35,5"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert json.loads(done.stdout) == {"month": "2025-03", "tpv": "3000000.00", "largest_share": 35.5}
    assert len(json.loads(CliRunner().invoke(command, ["list", "payments"]).stdout)) == 1


def test_page_keeps_what_was_typed_and_saves(client):
    user = User.objects.create_user("g@example.test", "a long enough one")
    user.roles.add(Role.objects.get(slug="manager"))
    client.force_login(user)
    address = reverse("payments:goals")
    answer = client.post(address, {"month": "2025-03", "tpv": "1.234"})
    assert answer.status_code == 422
    assert 'value="1.234"' in answer.content.decode()
    assert client.post(address, {"month": "2025-03", "tpv": "", "largest_share": ""}).status_code == 422
    assert client.post(address, {"month": "2025-03", "tpv": "R$ 3.000.000,00"}).status_code == 302
    assert MonthGoal.objects.get().changed_by == user
    assert "3.000.000,00" in client.get(address).content.decode().replace("3,000,000.00", "3.000.000,00")
