// Boards: draws the charts from the options beside them, filters by click, drills by shift-click.
// Everything works without this file too: cards then show their tables, filters are links and a form.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  const narrow = 520;
  const palettes = JSON.parse($("#fd-palette").textContent);
  const charts = new Map();
  const asTable = new Set();
  const board = () => $("#board");

  // ---- options: colours are names of the palette until a theme is known
  const painted = (value, palette) => {
    if (typeof value === "string") return value[0] === "@" ? palette[value.slice(1)] : value;
    if (Array.isArray(value)) return value.map((v) => painted(v, palette));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, painted(v, palette)]));
    return value;
  };

  const fitted = (option, width, palette) => {
    if (width >= narrow) return option;
    const names = option.series.filter((s) => s.stack === "all").map((s) => s.name);
    if (names.length > 1) {
      option.grid.right = 8;
      const legend = option.legend ? [].concat(option.legend) : [];
      legend.forEach((one) => { if (one.data) one.data = one.data.filter((name) => !names.includes(name)); });
      option.legend = [...legend, { type: "scroll", bottom: 0, left: 0, data: names, itemWidth: 10, itemHeight: 10, icon: "roundRect", textStyle: { color: palette.muted, fontSize: 11 }, pageTextStyle: { color: palette.muted } }];
      option.grid.bottom += 22;
      option.series.forEach((s) => { if (s.stack === "all") s.data = s.data.map((d) => (d && d.label ? { ...d, label: { show: false } } : d)); });
    }
    option.series.forEach((s) => { if (s.endLabel) s.endLabel.show = false; });
    const below = option.xAxis && option.xAxis[0];
    if (below && below.axisLabel && below.axisLabel.overflow === "break") {
      Object.assign(below.axisLabel, { rotate: 38, overflow: "truncate", width: 76 });
      option.grid.bottom = 62;
    }
    return option;
  };

  // ---- tooltips: the numbers in full, in the language of the page
  const writer = (unit) => {
    const english = board().dataset.language.startsWith("en");
    const digits = unit === "count" ? 0 : unit === "percent" ? 1 : 2;
    const format = new Intl.NumberFormat(english ? "en" : "pt-BR", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const [before, after] = unit === "brl" ? ["R$\u00a0", ""] : unit === "percent" ? ["", "\u00a0%"] : ["", ""];
    return (value) => (value === null || value === undefined || Number.isNaN(value) ? "—" : (value < 0 ? "-" : "") + before + format.format(Math.abs(value)) + after);
  };
  const line = (colour, name, text) => {
    const row = document.createElement("div");
    row.className = "fd-tip-line";
    const dot = document.createElement("span");
    dot.className = "fd-tip-dot";
    dot.style.background = colour;
    const value = document.createElement("b");
    value.textContent = text;
    row.append(dot, name, value);
    return row;
  };
  const tip = (unit, option) => (found) => {
    const items = [].concat(found).filter((p) => p.seriesName !== undefined && p.value !== undefined && p.value !== null);
    const box = document.createElement("div");
    box.className = "fd-tip";
    const write = writer(unit);
    const head = document.createElement("strong");
    const shown = items.filter((p) => p.color !== "transparent" && p.componentIndex !== undefined && !(option.series[p.seriesIndex] || {}).silent);
    if (!shown.length) return "";
    const first = shown[0];
    head.textContent = Array.isArray(first.value) ? `${option.yAxis.data[first.value[1]]} · ${option.xAxis.data[first.value[0]]}` : first.name;
    box.append(head);
    const steps = option.series.some((s) => s.stack === "steps");
    const lines = steps ? shown.filter((p) => p.value) : shown;
    [...lines].reverse().forEach((p) => {
      const value = Array.isArray(p.value) ? p.value[2] : p.value;
      const text = steps && p.data.label ? p.data.label.formatter : write(value);
      box.append(line(p.color, String(p.seriesName).startsWith("series\u0000") ? "" : p.seriesName, text));
    });
    return box;
  };
  const withTip = (option, unit, palette) => {
    const cells = option.series.some((s) => s.type === "heatmap");
    const lying = option.yAxis && option.yAxis.type === "category" && !cells;
    option.tooltip = {
      trigger: cells ? "item" : "axis",
      axisPointer: { type: lying || option.series.some((s) => s.type === "bar" && !s.silent) ? "shadow" : "line", shadowStyle: { color: palette.axis, opacity: 0.14 } },
      confine: true,
      transitionDuration: 0,
      backgroundColor: palette.surface,
      borderColor: palette.rule,
      padding: [8, 10],
      formatter: tip(unit, option),
    };
    return option;
  };

  // ---- clicks: an element filters the rest, with shift it opens the rows behind it; some lead to a page instead
  const filtersOf = (picks, event) => {
    const at = event.dataIndex;
    if (picks.columns) return { ...picks.columns[event.value[0]], ...picks.lines[event.value[1]] };
    if (picks.series) return picks.series[event.seriesName];
    return picks.items && picks.items[at];
  };
  const addressWith = (filters, switching, from = board().dataset.address) => {
    const address = new URLSearchParams(from);
    Object.entries(filters).forEach(([name, value]) => {
      const only = address.getAll(name);
      address.delete(name);
      if (!switching || !(only.length === 1 && only[0] === value)) address.append(name, value);
    });
    return address;
  };
  const visit = (address) => htmx.ajax("GET", `${board().dataset.boardUrl}?${address}`, { target: "#board", select: "#board", swap: "outerHTML show:none", source: board() });
  const onPick = (picks, event, card) => {
    if (picks.pages) { if (picks.pages[event.dataIndex]) location.assign(picks.pages[event.dataIndex]); return; }
    const filters = filtersOf(picks, event);
    if (!filters || !Object.keys(filters).length) return;
    if (event.event.event.shiftKey) location.assign(`${board().dataset.rowsUrl}?${addressWith(filters, false, card.dataset.rows)}`);
    else visit(addressWith(filters, true));
  };

  // ---- charts
  const dataOf = (box) => JSON.parse(box.nextElementSibling.content.textContent);
  const draw = (box) => {
    const data = dataOf(box);
    const palette = palettes[root.dataset.bsTheme] || palettes.light;
    const option = withTip(fitted(painted(data.option, palette), box.clientWidth, palette), data.unit, palette);
    option.textStyle.fontFamily = getComputedStyle(document.body).fontFamily;
    if (Object.keys(data.picks).length === 0) option.series.forEach((s) => { s.cursor = "default"; });
    let chart = charts.get(box);
    if (!chart) {
      chart = echarts.init(box, null, { renderer: "canvas" });
      charts.set(box, chart);
      chart.on("click", (event) => onPick(dataOf(box).picks, event, box.closest(".fd-card")));
    }
    chart.setOption(option, true);
    box.dataset.drawn = String(box.clientWidth);
  };
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting && entry.target.clientWidth) { seen.unobserve(entry.target); draw(entry.target); }
  }), { rootMargin: "300px" });
  const sized = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const chart = charts.get(target);
    if (!chart || !target.clientWidth || !target.isConnected) return;
    chart.resize();
    if ((target.clientWidth < narrow) !== (Number(target.dataset.drawn) < narrow)) draw(target);
  }));
  // a chart that was there before keeps its canvas, so that a filter changes the picture instead of blinking
  const kept = (box) => {
    const slug = box.closest("[data-card]").dataset.card;
    const before = [...charts.keys()].find((old) => !old.isConnected && old.dataset.slug === slug);
    box.dataset.slug = slug;
    if (!before) return box;
    box.replaceWith(before);
    draw(before);
    return before;
  };
  const mount = () => {
    $$("[data-chart]:not([data-slug])").map(kept).forEach((box) => { if (!charts.has(box)) seen.observe(box); sized.observe(box); });
    charts.forEach((chart, box) => { if (!box.isConnected) { chart.dispose(); charts.delete(box); } });
    asTable.forEach((slug) => showTable(document.getElementById(`card-${slug}`), true));
  };
  document.addEventListener("farol:theme", () => charts.forEach((_chart, box) => box.isConnected && draw(box)));

  // ---- tables beside charts
  const showTable = (card, on) => {
    const button = card && $("[data-table-toggle]", card);
    if (!button) return;
    card.classList.toggle("shows-table", on);
    button.setAttribute("aria-pressed", String(on));
    if (on) asTable.add(card.dataset.card); else asTable.delete(card.dataset.card);
    const box = $("[data-chart]", card);
    if (!on && box) { seen.unobserve(box); seen.observe(box); }
  };

  // ---- picture and full screen
  const picture = (card) => {
    const box = $("[data-chart]", card);
    if (!charts.has(box)) draw(box);
    const palette = palettes[root.dataset.bsTheme] || palettes.light;
    const link = document.createElement("a");
    const canvas = charts.get(box).renderToCanvas({ pixelRatio: 2, backgroundColor: palette.surface });
    canvas.toBlob((blob) => {
      link.href = URL.createObjectURL(blob);
      link.download = `${card.dataset.card}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  };

  document.addEventListener("click", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card) return;
    if (event.target.closest("[popover] a")) event.target.closest("[popover]").hidePopover();
    if (event.target.closest("[data-table-toggle]")) showTable(card, !card.classList.contains("shows-table"));
    else if (event.target.closest("[data-png]")) { event.target.closest("[popover]").hidePopover(); picture(card); }
    else if (event.target.closest("[data-full-screen]")) {
      event.target.closest("[popover]").hidePopover();
      if (document.fullscreenElement) document.exitFullscreen(); else card.requestFullscreen();
    }
  });

  // ---- popovers stand under their button
  document.addEventListener("toggle", (event) => {
    const pop = event.target;
    if (!pop.matches?.("[popover][data-anchor]") || event.newState !== "open") return;
    pop.classList.add("is-placed");
    const anchor = document.getElementById(pop.dataset.anchor).getBoundingClientRect();
    const { width, height } = pop.getBoundingClientRect();
    const below = anchor.bottom + 4 + height < innerHeight;
    pop.style.left = `${Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8))}px`;
    pop.style.top = `${below ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4)}px`;
  }, true);

  // ---- a new answer keeps the open filter menu and the focus
  let open = [];
  let focused = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id !== "board") return;
    open = $$("details[open]", board()).map((d) => d.id);
    focused = document.activeElement?.id || "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    open.forEach((id) => { const menu = document.getElementById(id); if (menu) menu.open = true; });
    open = [];
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    mount();
  });
  document.addEventListener("htmx:beforeRequest", () => board()?.setAttribute("aria-busy", "true"));
  mount();
})();
