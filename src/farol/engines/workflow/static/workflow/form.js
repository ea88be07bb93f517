// A record's form: rows without a round trip, and a draft that outlives a reload, a crash and the end of a session.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = $("form[data-draft]");
  if (!form) return;

  // ---- rows
  const renumber = (set) => {
    const name = set.dataset.rowsOf;
    const own = new RegExp(`^((?:id_)?${name}-)(?:\\d+|__prefix__)(?=-)`);
    const rows = $$("[data-row]", $(".case-rows", set));
    rows.forEach((row, at) => {
      for (const node of $$("[name], [id], [for], [aria-describedby]", row)) {
        for (const attribute of ["name", "id", "for", "aria-describedby"]) {
          const value = node.getAttribute(attribute);
          if (value && own.test(value)) node.setAttribute(attribute, value.replace(own, `$1${at}`));
        }
      }
      $("button[name=remove_row]", row).value = at;
      $("[data-row-number]", row).textContent = at + 1;
    });
    form.elements[`${name}-TOTAL_FORMS`].value = rows.length;
  };
  const add = (set) => {
    const row = $("template", set).content.cloneNode(true).firstElementChild;
    $(".case-rows", set).append(row);
    renumber(set);
    window.farolForms?.prepare(row);
    $("input:not([type=hidden]), select, textarea", row)?.focus();
  };
  const remove = (set, row) => {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    if (!next) return add(set);
    renumber(set);
    $("input:not([type=hidden]), select, textarea", next)?.focus();
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add_row], button[name=remove_row]");
    if (!button) return;
    event.preventDefault();
    const set = button.closest("[data-rows-of]");
    if (button.name === "add_row") add(set); else remove(set, button.closest("[data-row]"));
    touched();
  });

  // ---- draft
  const state = $("[data-draft-state]", form);
  let timer, dirty = false, sending = false;
  const tell = (text) => { state.textContent = text; };
  const ended = () => {
    const link = document.createElement("a");
    link.href = form.dataset.logIn;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = form.dataset.textLogIn;
    state.replaceChildren(`${form.dataset.textEnded} `, link);
  };
  // after a new log-in the page's token is stale: the page itself brings the new one
  const freshToken = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = $("form[data-draft] [name=csrfmiddlewaretoken]", page);
    if (!token) return false;
    $$("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token.value; });
    return true;
  };
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  };
  const post = (keepalive) =>
    fetch(form.dataset.draft, { method: "POST", body: body(), keepalive, redirect: "manual", headers: { Accept: "application/json" } });
  // "kept", "ended" (nobody is signed in any more) or "lost" (no connection, or a fault)
  const save = async (keepalive = false) => {
    clearTimeout(timer);
    dirty = false;
    try {
      let answer = await post(keepalive);
      if (answer.status === 403 && (await freshToken())) answer = await post(false);
      if (answer.ok) return "kept";
      dirty = true;
      return answer.type === "opaqueredirect" || [401, 403].includes(answer.status) ? "ended" : "lost";
    } catch {
      dirty = true;
      return "lost";
    }
  };
  const saveAndTell = async () => {
    const result = await save();
    if (result === "kept") tell(form.dataset.textKept);
    else if (result === "ended") ended();
    else tell(form.dataset.textLost);
    return result;
  };
  function touched() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(saveAndTell, 1200);
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  addEventListener("pagehide", () => { if (dirty && !sending) save(true); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && dirty && !sending) saveAndTell(); });

  // ---- sending: kept first, so that an ended session or a cut line loses nothing
  form.addEventListener("submit", async (event) => {
    if (sending || ["add_row", "remove_row"].includes(event.submitter?.name)) return;
    event.preventDefault();
    const button = event.submitter || $("button.btn-primary", form);
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    const result = await saveAndTell();
    if (result === "ended") {
      button.removeAttribute("aria-busy");
      button.disabled = false;
      return;
    }
    sending = true;
    clearTimeout(timer);
    form.submit();
  });
  addEventListener("pageshow", () => { sending = false; });
})();
