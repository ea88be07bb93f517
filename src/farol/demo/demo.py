"""What the demo world grows by beside what each area offers: after-sales, which spans several rooms."""

from __future__ import annotations

from farol.demo import aftersales

BUILDERS = [aftersales.build]
