// Keys on the page of a record: a leads to its actions, c to the comment, e to the form.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const keys = {
    a: () => $("#actions [data-action]:not([disabled])")?.focus(),
    c: () => $("#say")?.focus(),
    e: () => $("[data-key-edit]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog")) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  const more = $("#more-shortcuts");
  if (more) $("#shortcuts .shortcut-list")?.append(more.content.cloneNode(true));
  // what was refused is where the eyes should be
  $(".case-refusal")?.focus();
})();
