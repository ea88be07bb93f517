"""Stories that happen in the order of their days: each is a generator that does a step and says when its next one is.

    def story(stage):
        case = open_case(...)
        yield stage.later(days=2)
        verify(case)

While a step runs, the clock stands at its instant, so that numbers, history, audit and books read as if they had grown.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import count

from django.db import transaction

from farol.core import clock
from farol.platform import calendar

Story = Generator[dt.datetime, None, None]
OPENS, CLOSES = 8, 18
RECENT = dt.timedelta(days=16)


@dataclass
class Stage:
    """The stories under way and the chance that they share; everything follows from `seed`."""

    seed: int
    began: dt.date
    until: dt.datetime
    rng: random.Random = field(init=False)
    _waiting: list[tuple[dt.datetime, int, Story]] = field(default_factory=list)
    _order: count = field(default_factory=count)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.seed}:after-sales")  # noqa: S311 (a world to look at, not a secret)

    def add(self, at: dt.datetime, story: Story) -> None:
        """Begin a story at an instant; one that would begin after the end never does."""
        heapq.heappush(self._waiting, (at, next(self._order), story))

    def spawn(self, story: Story) -> None:
        """Begin one a little later than now."""
        self.add(clock.now() + dt.timedelta(minutes=self.rng.randint(4, 50)), story)

    def play(self) -> None:
        """Day by day, each day in one transaction."""
        while self._waiting and self._waiting[0][0] <= self.until:
            today = clock.local(self._waiting[0][0]).date()
            with transaction.atomic():
                while self._waiting and clock.local(self._waiting[0][0]).date() == today:
                    if self._waiting[0][0] > self.until:
                        return
                    self._step()

    def _step(self) -> None:
        at, _order, story = heapq.heappop(self._waiting)
        with clock.frozen(at):
            following = next(story, None)
        if following is not None:
            self.add(max(following, at + dt.timedelta(seconds=30)), story)

    def later(self, days: float = 0, minutes: int = 0) -> dt.datetime:
        """So many business days after now, at some time of the working day; or so many minutes."""
        if minutes:
            return clock.now() + dt.timedelta(minutes=minutes)
        whole = int(days)
        day = calendar.default().add_business_days(clock.today(), whole) if whole else clock.today()
        return self.during(day) if whole else self.sometime_today()

    def sometime_today(self) -> dt.datetime:
        """One to three hours on, or tomorrow morning where today is over by then."""
        at = clock.now() + dt.timedelta(minutes=self.rng.randint(50, 190))
        if clock.local(at).hour < CLOSES and clock.local(at).date() == clock.today():
            return at
        return self.during(calendar.default().add_business_days(clock.today(), 1), OPENS + 2)

    def during(self, day: dt.date, before: int = CLOSES) -> dt.datetime:
        """Some time of a working day."""
        minutes = self.rng.randint(OPENS * 60 + 5, before * 60 - 10)
        return dt.datetime.combine(day, dt.time(), clock.zone()) + dt.timedelta(
            minutes=minutes, seconds=self.rng.randint(0, 59)
        )

    @property
    def recent(self) -> bool:
        """Whether it is so late in the play that not everything has to be done by its end."""
        return self.until - clock.now() < RECENT

    def chance(self, share: float) -> bool:
        return self.rng.random() < share
