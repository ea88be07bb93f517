// Behaviour of the shell and of the components, by data- attributes; every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, selector, handler) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector);
      if (found) handler(event, found);
    });
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

  // ---- theme: at once on the page, then kept by the server
  on("submit", "[data-theme-switch]", (event, form) => {
    event.preventDefault();
    const value = event.submitter?.value ?? "";
    root.dataset.themeChoice = value || "auto";
    root.farolApplyTheme();
    $$("button[name=theme]").forEach((b) => b.setAttribute("aria-pressed", String(b.value === value)));
    const data = new FormData(form);
    data.set("theme", value);
    fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => {});
  });

  // ---- rail
  const rail = $("#rail");
  const openRail = (open) => {
    rail?.classList.toggle("is-open", open);
    $$("[data-rail-open]").forEach((b) => b.setAttribute("aria-expanded", String(open)));
    if (open) $("a", rail)?.focus();
  };
  on("click", "[data-rail-open]", () => openRail(!rail.classList.contains("is-open")));
  on("click", "[data-rail-close]", () => openRail(false));
  const markCollapse = () =>
    $("[data-rail-collapse]")?.setAttribute("aria-pressed", String(root.dataset.rail === "collapsed"));
  on("click", "[data-rail-collapse]", () => {
    const collapsed = root.dataset.rail !== "collapsed";
    if (collapsed) root.dataset.rail = "collapsed"; else delete root.dataset.rail;
    remember("farol-rail", collapsed ? "collapsed" : "");
    markCollapse();
    dispatchEvent(new Event("resize"));
  });
  markCollapse();

  // ---- menus made of <details>: one open at a time, Escape and a click elsewhere close
  const closeMenus = (except) => $$("details.menu[open]").forEach((m) => { if (m !== except && !m.contains(except)) m.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("toggle", (event) => {
    const panel = event.target.matches?.("details.menu[open]") && $(".menu-panel", event.target);
    if (!panel) return;
    panel.style.translate = "";
    const box = panel.getBoundingClientRect();
    const over = Math.max(0, box.right - innerWidth + 8) || Math.min(0, box.left - 8);
    if (over) panel.style.translate = `${-over}px 0`;
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = $("details.menu[open]");
    if (open) { open.open = false; $("summary", open).focus(); }
    else if (rail?.classList.contains("is-open")) openRail(false);
  });

  // ---- dialogs
  on("click", "[data-dialog]", (_event, button) => document.getElementById(button.dataset.dialog)?.showModal());
  on("click", "[data-dialog-close]", (_event, button) => button.closest("dialog").close());
  on("click", "dialog", (event, dialog) => { if (event.target === dialog) dialog.close(); });
  on("click", "[data-help-open]", () => $("#shortcuts").showModal());

  // ---- toasts
  const toastLife = (note) => {
    if (note.dataset.toast === "kept" || note.matches(".tone-error, .tone-warning")) return;
    note.dataset.toast = "kept";
    setTimeout(() => note.remove(), 8000);
  };
  const toasts = $("#toasts");
  on("click", "[data-toast-close]", (_event, button) => button.closest("[data-toast]").remove());
  if (toasts) {
    new MutationObserver(() => $$("[data-toast]", toasts).forEach(toastLife)).observe(toasts, { childList: true });
    $$("[data-toast]", toasts).forEach(toastLife);
  }
  const say = (text, tone = "info") => {
    const note = document.createElement("div");
    note.className = `toast-note tone-${tone}`;
    note.dataset.toast = "";
    const body = document.createElement("div");
    body.className = "toast-text";
    body.textContent = text;
    note.append(body);
    toasts.append(note);
    setTimeout(() => note.remove(), 8000);
  };
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.textFailed, "error"));

  // ---- copy
  on("click", "[data-copy]", async (_event, button) => {
    try { await navigator.clipboard.writeText(button.dataset.copy); say(document.body.dataset.textCopied, "success"); }
    catch { say(document.body.dataset.textFailed, "error"); }
  });

  // ---- forms: focus on the first wrong field, no double sending
  const focusFirstError = (within) => ($(".is-invalid:not(.showcase *)", within) || $(".notice.tone-error[tabindex]", within))?.focus();
  focusFirstError(document);
  document.addEventListener("htmx:afterSwap", (event) => focusFirstError(event.target));
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method === "dialog") return;
    const button = event.submitter;
    if (button && event.target.method === "post") setTimeout(() => { button.setAttribute("aria-busy", "true"); button.disabled = true; });
  });
  addEventListener("pageshow", () => $$("[aria-busy=true]").forEach((b) => { b.removeAttribute("aria-busy"); b.disabled = false; }));

  // ---- upload
  on("change", "[data-upload] input", (_event, input) => {
    const names = [...input.files].map((f) => f.name).join(", ");
    $(".upload-name", input.parentElement).textContent = names;
  });
  ["dragenter", "dragover"].forEach((type) => on(type, "[data-upload]", (_event, zone) => zone.classList.add("is-over")));
  ["dragleave", "drop"].forEach((type) => on(type, "[data-upload]", (_event, zone) => zone.classList.remove("is-over")));

  // ---- lists: click or keys on rows
  const open = (row, event) => {
    if (event?.ctrlKey || event?.metaKey || event?.button === 1) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  };
  const interactive = "a, button, input, label, select, summary, details";
  ["click", "auxclick"].forEach((type) => on(type, "tr[data-href]", (event, row) => {
    if (event.target.closest(interactive) || event.button > 1 || String(getSelection())) return;
    open(row, event);
  }));
  const rows = () => $$("table[data-rows] tbody tr").filter((r) => r.offsetParent);
  const current = () => $("tr.is-current");
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
    current()?.classList.remove("is-current");
    next.classList.add("is-current");
    next.scrollIntoView({ block: "nearest" });
    ($("a", next) || next).focus?.({ preventScroll: true });
  };
  const press = (selector) => { const found = $(selector); if (found) found.click(); return Boolean(found); };
  const keys = {
    "/": () => { const field = $("[data-list-search]"); field?.focus(); return Boolean(field); },
    j: () => move(1),
    k: () => move(-1),
    x: () => current() && $("[data-select]", current())?.click(),
    Enter: (event) => { const row = current(); if (row?.dataset.href && !event.target.closest("a, button, summary")) open(row, event); else return false; return true; },
    n: () => press("[data-key=n]"),
    e: () => press("[data-key=e]"),
    "?": () => $("#shortcuts")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = keys[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });

  // ---- bulk selection
  const selection = () => $$("[data-select]:checked");
  const everything = () => $("[data-select-everything]");
  const showBulk = () => {
    const bar = $("[data-bulk]");
    if (!bar) return;
    const boxes = $$("[data-select]");
    const count = selection().length;
    const all = Boolean(everything()?.checked);
    bar.classList.toggle("is-active", count > 0 || all);
    $("[data-bulk-count]", bar).textContent = count;
    $(".bulk-count", bar).hidden = all;
    const head = $("[data-select-all]");
    if (head) { head.checked = count > 0 && count === boxes.length; head.indeterminate = count > 0 && count < boxes.length; }
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
  };
  let last = null;
  const dropEverything = () => { if (everything()) everything().checked = false; };
  on("click", "[data-select]", (event, box) => {
    const all = $$("[data-select]");
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((b) => { b.checked = box.checked; });
    }
    last = box;
    dropEverything();
    showBulk();
  });
  on("click", "[data-select-all]", (_event, box) => { $$("[data-select]").forEach((b) => { b.checked = box.checked; }); dropEverything(); showBulk(); });
  on("change", "[data-select-everything]", (_event, box) => { if (box.checked) $$("[data-select]").forEach((b) => { b.checked = true; }); showBulk(); });
  document.addEventListener("htmx:afterSwap", showBulk);
  addEventListener("pageshow", showBulk);

  // ---- a dangerous step asks first
  on("click", "[data-confirm]", (event, button) => {
    if (button.dataset.sure) return;
    event.preventDefault();
    const box = document.createElement("dialog");
    box.className = "modal-box";
    const text = document.createElement("p");
    text.textContent = button.dataset.confirm;
    const actions = document.createElement("div");
    actions.className = "modal-box-actions";
    const make = (label, css, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = `btn ${css}`;
      made.textContent = label;
      made.addEventListener("click", () => { box.close(); act(); });
      return made;
    };
    actions.append(
      make(document.body.dataset.textCancel, "", () => button.focus()),
      make(button.textContent.trim(), "btn-danger", () => { button.dataset.sure = "1"; button.click(); delete button.dataset.sure; }),
    );
    box.append(text, actions);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  });

  // ---- an answer to a search is dropped when more was typed meanwhile: the next request is on its way
  document.addEventListener("htmx:beforeSwap", (event) => {
    const field = event.detail.target?.querySelector?.("[data-list-search]");
    if (!field || document.activeElement !== field || event.detail.requestConfig.elt !== field.form) return;
    if (field.value !== event.detail.requestConfig.parameters.q) event.detail.shouldSwap = false;
  });

  // ---- filters of a list apply as soon as they are chosen
  on("change", "[data-autosubmit] input, [data-autosubmit] select", (_event, field) => field.form.requestSubmit());

  // ---- what was open before is nobody's business after the log-out
  if (document.body.classList.contains("plain")) remember("farol-recent", "[]");

  // ---- palette
  const palette = $("#palette");
  if (palette) {
    const field = $("input", palette);
    const list = $(".palette-list", palette);
    const pages = $$("#rail a");
    const group = (page) => $(".rail-label", page.closest(".rail-group"))?.textContent;
    const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const recent = () => { try { return JSON.parse(recall("farol-recent")) || []; } catch { return []; } };
    const title = $(".page-title")?.textContent.trim();
    if (title && document.body.classList.contains("shell")) {
      const here = { url: location.pathname + location.search, label: title };
      remember("farol-recent", JSON.stringify([here, ...recent().filter((p) => p.label !== title)].slice(0, 8)));
    }
    const item = (url, nodes, note) => {
      const a = document.createElement("a");
      a.className = "palette-item";
      a.href = url;
      a.role = "option";
      a.tabIndex = -1;
      a.append(...nodes);
      if (note) { const small = document.createElement("small"); small.textContent = note; a.append(small); }
      return a;
    };
    const span = (text) => { const s = document.createElement("span"); s.textContent = text; return s; };
    const section = (text, items) => {
      if (!items.length) return;
      const head = document.createElement("div");
      head.className = "palette-head";
      head.role = "presentation";
      head.textContent = text;
      list.append(head, ...items);
    };
    const select = (at) => {
      const items = $$(".palette-item", list);
      items.forEach((node, i) => { node.id = `palette-${i}`; node.setAttribute("aria-selected", String(i === at)); });
      field.setAttribute("aria-activedescendant", items[at] ? items[at].id : "");
      items[at]?.scrollIntoView({ block: "nearest" });
    };
    const chosen = () => $$(".palette-item", list).findIndex((node) => node.getAttribute("aria-selected") === "true");
    const draw = (found = []) => {
      const asked = fold(field.value.trim());
      list.replaceChildren();
      if (!asked) section(palette.dataset.textRecent, recent().slice(1, 5).map((p) => item(p.url, [span(p.label)])));
      section(palette.dataset.textPages, pages.filter((a) => fold(a.textContent).includes(asked)).map((a) => item(a.getAttribute("href"), [...a.childNodes].map((n) => n.cloneNode(true)), group(a))));
      section(palette.dataset.textFound, found.map((f) => item(f.url, [span(f.label)], f.note)));
      if (!list.children.length) { const none = document.createElement("div"); none.className = "palette-none"; none.textContent = palette.dataset.textNone; list.append(none); }
      select(0);
    };
    let asking;
    const search = async () => {
      draw();
      asking?.abort();
      const asked = field.value.trim();
      if (asked.length < 2) return;
      asking = new AbortController();
      try {
        const answer = await fetch(`${palette.dataset.searchUrl}?q=${encodeURIComponent(asked)}`, { signal: asking.signal });
        if (answer.ok) { const { items } = await answer.json(); if (items.length) draw(items); }
      } catch { /* aborted, or no connection: the pages are still there */ }
    };
    const show = () => { field.value = ""; draw(); palette.showModal(); field.focus(); };
    on("click", "[data-palette-open]", show);
    field.addEventListener("input", search);
    palette.addEventListener("keydown", (event) => {
      const count = $$(".palette-item", list).length;
      if (event.key === "ArrowDown") select((chosen() + 1) % count);
      else if (event.key === "ArrowUp") select((chosen() - 1 + count) % count);
      else if (event.key === "Enter") $$(".palette-item", list)[chosen()]?.click();
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (palette.open) palette.close(); else show();
      }
    });
  }

  window.farol = { say };
})();
