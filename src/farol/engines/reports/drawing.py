"""Draws chart options on the server: the dashboards' own ECharts in a V8 without network, files or timers."""

from __future__ import annotations

import json
import re
import threading
from functools import cache
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

from farol.platform import web

ECHARTS = Path(web.__file__).parent / "static" / "vendor" / "echarts.min.js"
_BOOT = """
var window = this, self = this, global = this;
var setTimeout = function () { return 0 }, clearTimeout = function () {};
var console = { log: function () {}, warn: function () {}, error: function () {} };
"""
_DRAW = """
function draw(option, width, height) {
  var chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: width, height: height });
  try { chart.setOption(JSON.parse(option)); return chart.renderToSVGString() } finally { chart.dispose() }
}
"""
_COUNTERS = re.compile(r"\bzr\d+-(cls-\d+)?")
_lock = threading.Lock()


def svg(option: dict[str, Any], width: int, height: int, font: str = "Inter") -> str:
    """The chart as SVG text, `width` by `height` pixels; equal options give equal bytes.

    `ValueError` for an option that ECharts cannot draw.
    """
    body = json.dumps({**option, "textStyle": {**option.get("textStyle", {}), "fontFamily": font}}, default=float)
    with _lock:  # one V8 of 80 MB serves all threads: a chart takes about 15 ms
        drawn = _engine().call("draw", body, width, height)
    # ECharts numbers its drawings and their classes; two runs must not differ by those numbers
    return _COUNTERS.sub("zr-", drawn)


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(_BOOT)
    engine.eval(ECHARTS.read_text(encoding="utf-8"))
    engine.eval(_DRAW)
    return engine
