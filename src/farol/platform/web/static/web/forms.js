// Forms: formatting while typing, look-ups, rows, drafts. Everything works without it.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, selector, handler) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector);
      if (found) handler(event, found);
    });
  const typed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

  // ---- formatting while typing; what does not fit is left alone, and nothing is ever cut off
  const draw = (picture, plain) => {
    let text = "", at = 0;
    for (const mark of picture) {
      if (at >= plain.length) break;
      text += mark === "#" ? plain[at++] : mark;
    }
    return text;
  };
  const digits = (text) => text.replace(/\D/g, "");
  const documentText = (text) => {
    const plain = text.normalize("NFKC").replace(/[^0-9A-Za-z]/g, "").toUpperCase();
    if (plain.length > 14 || (text.trim() && !plain)) return text;
    if (plain.length <= 11 && /^\d*$/.test(plain)) return draw("###.###.###-##", plain);
    return draw("##.###.###/####-##", plain);
  };
  const phoneText = (text) => {
    if (/[A-Za-z]/.test(text)) return text;
    let plain = digits(text);
    const abroad = text.trim().startsWith("+") && !plain.startsWith("55");
    if (abroad || (plain.length > 11 && !plain.startsWith("55"))) return text;
    if (plain.length > 11) plain = plain.slice(2);
    if (plain.length > 11) return text;
    return draw(plain.length > 10 ? "(##) #####-####" : "(##) ####-####", plain);
  };
  const postcodeText = (text) => (digits(text).length > 8 || /[A-Za-z]/.test(text) ? text : draw("#####-###", digits(text)));
  const group = (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ".");
  // while typing only the thousands are grouped; on leaving, the centavos are written out
  const moneyText = (text, done) => {
    const compact = text.replace(/[\sR$]/g, "");
    const match = /^(-?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{0,2}))?$/.exec(compact) ||
      (done && /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/.exec(compact));
    if (!match) return text;
    const [, sign, whole, cents] = match;
    const grouped = group(whole.replace(/\D/g, "").replace(/^0+(?=\d)/, ""));
    if (done) return `${sign}${grouped},${(cents || "").padEnd(2, "0")}`;
    return sign + grouped + (cents === undefined ? "" : `,${cents}`);
  };
  const dayText = (text, done) => {
    const iso = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
    const years = done ? "\\d{4}|\\d{2}" : "\\d{4}"; // two digits may be the beginning of four
    const whole = iso ? [0, iso[3], iso[2], iso[1]] : new RegExp(`^\\s*(\\d{1,2})[\\s./-](\\d{1,2})[\\s./-](${years})\\s*$`).exec(text);
    if (whole) return `${whole[1].padStart(2, "0")}/${whole[2].padStart(2, "0")}/${whole[3].length === 2 ? "20" : ""}${whole[3]}`;
    const strokes = /^(\d{0,8}|\d\d\/\d{0,6}|\d\d\/\d\d\/?\d{0,4})$/.test(text);
    return strokes ? draw("##/##/####", digits(text)) : text;
  };
  const shapes = { document: documentText, phone: phoneText, postcode: postcodeText, money: moneyText, day: dayText };
  const reshape = (field, done = false) => {
    const shape = shapes[field.dataset.format];
    if (!shape) return;
    const before = field.value;
    const after = shape(before, done);
    if (after === before) return;
    // the caret stays behind the same letter or digit as before
    const behind = before.slice(field.selectionStart ?? before.length).replace(/[^0-9A-Za-z]/g, "").length;
    field.value = after;
    if (document.activeElement !== field || done) return;
    let at = after.length;
    for (let seen = 0; at > 0 && seen < behind; at--) if (/[0-9A-Za-z]/.test(after[at - 1])) seen++;
    field.setSelectionRange(at, at);
  };
  on("input", "input[data-format]", (event, field) => {
    if (event.inputType?.startsWith("delete") || event.isComposing) return;
    reshape(field, event.inputType === "insertFromPaste");
  });
  on("change", "input[data-format]", (_event, field) => reshape(field, true));
  const reshapeAll = (within) => $$("input[data-format]", within).forEach((field) => field.value && reshape(field, true));
  reshapeAll(document);

  // ---- look-ups: a combobox over an address that answers {"items": [{value, label, note, fill}]}
  let counter = 0;
  class Lookup {
    constructor(box) {
      this.box = box;
      this.field = $("input", box);
      this.label = $("[data-lookup-label]", box);
      this.list = document.createElement("ul");
      this.list.className = "lookup-list";
      this.list.id = `lookup-${++counter}`;
      this.list.role = "listbox";
      this.list.hidden = true;
      this.list.setAttribute("aria-label", this.field.labels?.[0]?.textContent.trim() || "");
      box.append(this.list);
      const set = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
      Object.entries(set).forEach(([name, value]) => this.field.setAttribute(name, value));
      this.field.addEventListener("input", (event) => { if (!event.farolChosen) this.wait(); });
      this.field.addEventListener("keydown", (event) => this.key(event));
      this.field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(Number(option.dataset.at));
      });
      box.lookup = this;
    }

    wait() {
      this.label.textContent = "";
      clearTimeout(this.timer);
      this.asking?.abort();
      if (this.field.value.trim().length < 2) return this.close();
      this.timer = setTimeout(() => this.ask(), 250);
    }

    async ask() {
      this.asking = new AbortController();
      const text = this.field.value.trim();
      try {
        const address = `${this.box.dataset.lookup}?q=${encodeURIComponent(text)}`;
        const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        this.show(found.items);
        // what else the address says about a text that it does not know is for other scripts
        if (!found.items.length) this.field.dispatchEvent(new CustomEvent("lookup-none", { detail: found }));
      } catch (error) {
        if (error.name !== "AbortError") this.say(this.box.dataset.textFailed);
      }
    }

    show(items) {
      this.items = items;
      if (!items.length) return this.say(this.box.dataset.textNone);
      this.list.replaceChildren(...items.map((item, at) => this.option(item, at)));
      this.open(0);
    }

    option(item, at) {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `${this.list.id}-${at}`;
      option.dataset.at = at;
      const head = document.createElement("strong");
      head.textContent = item.label;
      const rest = document.createElement("span");
      rest.textContent = [item.value, item.note].filter(Boolean).join(" · ");
      option.append(head, rest);
      return option;
    }

    say(text) {
      this.items = [];
      const line = document.createElement("li");
      line.className = "lookup-none";
      line.role = "presentation";
      line.textContent = text;
      this.list.replaceChildren(line);
      this.open(-1);
    }

    open(at) {
      if (document.activeElement !== this.field) return;
      this.list.hidden = false;
      this.field.setAttribute("aria-expanded", "true");
      this.select(at);
    }

    close() {
      this.list.hidden = true;
      this.at = -1;
      this.field.setAttribute("aria-expanded", "false");
      this.field.removeAttribute("aria-activedescendant");
    }

    select(at) {
      this.at = at;
      $$("[role=option]", this.list).forEach((node, i) => node.setAttribute("aria-selected", String(i === at)));
      const node = at >= 0 && this.list.children[at];
      if (!node) return this.field.removeAttribute("aria-activedescendant");
      this.field.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    }

    key(event) {
      const open = !this.list.hidden && this.items?.length;
      if (event.key === "Escape" && !this.list.hidden) this.close();
      else if (open && event.key === "ArrowDown") this.select((this.at + 1) % this.items.length);
      else if (open && event.key === "ArrowUp") this.select((this.at - 1 + this.items.length) % this.items.length);
      else if (open && event.key === "Enter" && this.at >= 0) this.choose(this.at);
      else if (open && event.key === "Tab" && this.at >= 0) return this.choose(this.at);
      else return;
      event.preventDefault();
    }

    choose(at) {
      const item = this.items[at];
      this.field.value = item.value;
      this.label.textContent = item.label === item.value ? item.note || "" : item.label;
      this.close();
      const told = new Event("input", { bubbles: true });
      told.farolChosen = true;
      this.field.dispatchEvent(told);
      this.fill(item.fill || {});
      typed(this.field);
    }

    fill(values) {
      const own = this.field.name;
      const prefix = own.includes("-") ? own.slice(0, own.lastIndexOf("-") + 1) : "";
      for (const [name, value] of Object.entries(values)) {
        const other = this.field.form?.elements[prefix + name];
        if (!other || typeof other.value !== "string" || other.value || value === null) continue;
        other.value = value;
        if (other.dataset?.format) reshape(other, true);
        typed(other);
      }
    }
  }

  // ---- days: a button opens the browser's calendar; what is typed stays text, day first
  const iso = (text) => { const p = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text); return p ? `${p[3]}-${p[2]}-${p[1]}` : ""; };
  const pickable = (field) => {
    const box = document.createElement("span");
    box.className = "day";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "day-button";
    button.setAttribute("aria-label", field.dataset.textPick);
    button.title = field.dataset.textPick;
    const native = document.createElement("input");
    native.type = "date";
    native.className = "day-native";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    field.replaceWith(box);
    box.append(field, native, button);
    button.addEventListener("click", () => { native.value = iso(field.value); native.showPicker?.(); });
    native.addEventListener("change", () => {
      if (!native.value) return;
      field.value = native.value.split("-").reverse().join("/");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      typed(field);
    });
    box.ready = true;
  };
  const prepare = (within) => {
    $$("[data-lookup]", within).forEach((box) => { if (!box.lookup) new Lookup(box); });
    $$("input[data-format=day]", within).forEach((field) => { if (!field.parentElement.ready) pickable(field); });
  };
  prepare(document);
  document.addEventListener("htmx:afterSwap", (event) => { prepare(event.target); reshapeAll(event.target); });

  window.farolForms = { prepare, reshapeAll };
})();
