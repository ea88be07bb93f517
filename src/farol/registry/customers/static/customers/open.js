// A look-up that knows nobody with a complete CPF or CNPJ offers to open that customer without leaving the form.
(() => {
  "use strict";
  const element = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  };

  class Opening {
    constructor(field) {
      this.field = field;
      this.text = field.dataset;
      this.place = element("div", "customer-open");
      this.place.setAttribute("aria-live", "polite");
      (field.closest(".field") || field.parentElement).append(this.place);
      field.addEventListener("input", () => this.place.replaceChildren());
      field.addEventListener("lookup-none", (event) => { if (event.detail.may_open) this.offer(event.detail); });
    }

    offer(found) {
      const say = element("p", "field-help", this.text.textOpen);
      this.wrong = element("p", "field-error");
      this.name = element("input", "form-control");
      this.name.setAttribute("aria-label", this.text.textName);
      this.name.placeholder = this.text.textName;
      this.name.maxLength = 120;
      this.name.autocomplete = "off";
      // neither the draft nor Enter's submit of the form is about this field
      this.name.addEventListener("input", (event) => event.stopPropagation());
      this.name.addEventListener("change", (event) => event.stopPropagation());
      this.name.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        this.open(this.name.value);
      });
      const byHand = this.button(this.text.textByHand, () => this.open(this.name.value));
      const buttons = element("div", "btn-list");
      if (found.may_bring) buttons.append(this.button(this.text.textBring, () => this.open("", true)));
      buttons.append(byHand);
      this.field.closest("[data-lookup]").lookup?.close();  // its list says the same and would cover this
      this.place.replaceChildren(say, this.name, this.wrong, buttons);
    }

    button(text, act) {
      const node = element("button", "btn btn-sm", text);
      node.type = "button";
      node.addEventListener("click", act);
      return node;
    }

    async open(name, bring = false) {
      if (!bring && !name.trim()) return this.name.focus();
      const data = new FormData();
      data.set("csrfmiddlewaretoken", this.field.form.elements.csrfmiddlewaretoken.value);
      data.set("document", this.field.value);
      data.set("name", name);
      this.wrong.textContent = "";
      try {
        const answer = await fetch(this.text.openCustomer, { method: "POST", body: data, headers: { Accept: "application/json" } });
        const found = await answer.json();
        if (answer.ok) this.chosen(found);
        else this.wrong.textContent = found.detail || this.text.textFailed;
      } catch {
        this.wrong.textContent = this.text.textFailed;
      }
    }

    chosen(found) {
      this.place.replaceChildren();
      this.field.value = found.value;
      const label = this.field.parentElement.querySelector("[data-lookup-label]");
      if (label) label.textContent = found.label;
      const told = new Event("input", { bubbles: true });
      told.farolChosen = true;
      this.field.dispatchEvent(told);
      this.field.focus();
    }
  }
  document.querySelectorAll("[data-open-customer]").forEach((field) => new Opening(field));
})();
