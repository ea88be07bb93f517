// A new case: the chosen customer's past orders are offered, and one click fills in order, channel and items.
(() => {
  "use strict";
  const field = document.querySelector("[data-past-orders]");
  if (!field) return;
  const form = field.form;
  const text = field.dataset;
  const place = document.createElement("div");
  place.setAttribute("aria-live", "polite");
  (field.closest(".field") || field.parentElement).append(place);
  let asked = "";

  const typed = (node) => node.dispatchEvent(new Event("input", { bubbles: true }));
  const fill = (name, value) => {
    const node = form.elements[name];
    if (!node || !value) return;
    node.value = value;
    typed(node);
  };
  const line = (words) => {
    const node = document.createElement("p");
    node.className = "field-help";
    node.textContent = words;
    return node;
  };
  const rows = () => [...form.querySelectorAll("[data-rows-of=items] [data-row]")];
  // an empty row is used before a new one is added
  const freeRow = () => {
    const empty = () => rows().find((row) => !row.querySelector("[name$='-sku']").value.trim());
    if (!empty()) form.querySelector("[data-rows-of=items] button[name=add_row]").click();
    return empty();
  };
  const addItem = (item) => {
    const row = freeRow();
    if (!row) return;
    for (const name of ["sku", "description", "quantity"]) {
      const node = row.querySelector(`[name$='-${name}']`);
      const value = name === "quantity" ? String(Math.max(1, Math.round(Number(item.quantity)))) : item[name];
      if (node && value) { node.value = value; typed(node); }
    }
  };
  const use = (order) => {
    fill("order", order.order);
    if (!form.elements.channel?.value) fill("channel", order.channel);
    order.items.forEach(addItem);
    place.replaceChildren(line(`${text.textUsed} ${order.order}`));
    form.elements.order?.focus();
  };
  const button = (order) => {
    const node = document.createElement("button");
    node.type = "button";
    node.className = "btn btn-sm";
    const day = order.day ? order.day.split("-").reverse().join("/") : "";
    const items = order.items.map((item) => `${Number(item.quantity)} × ${item.sku}`).join(", ");
    node.textContent = [order.order, day, order.channel, items].filter(Boolean).join(" · ");
    node.addEventListener("click", () => use(order));
    return node;
  };
  const show = (found) => {
    if (!found.orders.length) return place.replaceChildren(...[found.note].filter(Boolean).map(line));
    const list = document.createElement("div");
    list.className = "btn-list";
    list.append(...found.orders.slice(0, 8).map(button));
    place.replaceChildren(line(text.textOrders), list);
  };
  const ask = async () => {
    const number = field.value.trim();
    if (number === asked) return;
    asked = number;
    place.replaceChildren();
    if (!/^[A-Z]+-\d{4}-\d+$/.test(number) || form.elements.order?.value) return;
    try {
      const answer = await fetch(text.pastOrders.replace("NUMBER", number), { headers: { Accept: "application/json" } });
      if (answer.ok && field.value.trim() === number) show(await answer.json());
    } catch {
      asked = "";  // going on by hand is always possible
    }
  };
  field.addEventListener("input", (event) => { if (event.farolChosen) ask(); else place.replaceChildren(); });
  field.addEventListener("change", ask);
  ask();
})();
