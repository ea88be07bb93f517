// Fields that matter only beside a certain choice: data-when="method=pix", or data-when="scrap" for a ticked box.
// Without JavaScript all of them are there.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  const dependent = form ? [...form.querySelectorAll("[data-when]")] : [];
  if (!dependent.length) return;
  const holds = (rule) => {
    const [name, value] = rule.split("=");
    const control = form.elements[name];
    if (!control) return true;
    return value === undefined ? control.checked : control.value === value;
  };
  const show = () => {
    for (const control of dependent) {
      const place = control.closest(".field");
      if (place) place.hidden = !holds(control.dataset.when);
    }
  };
  form.addEventListener("change", show);
  show();
})();
