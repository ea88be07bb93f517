"""The Brazilian calendar: what kind of day a day is, business days, pay days, and the days to compare it with."""

from __future__ import annotations

from farol.platform.calendar.business import BusinessCalendar, CalendarDay, DayKind, default
from farol.platform.calendar.shifts import SHIFTS, shift

__all__ = ["SHIFTS", "BusinessCalendar", "CalendarDay", "DayKind", "default", "shift"]
