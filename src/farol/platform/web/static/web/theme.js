// Runs before the first paint, so that neither theme nor rail flashes. Everything else waits (farol.js).
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const apply = () => {
    const choice = root.dataset.themeChoice;
    root.dataset.bsTheme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
    document.dispatchEvent(new CustomEvent("farol:theme", { detail: root.dataset.bsTheme }));
  };
  if (stored("farol-rail") === "collapsed") root.dataset.rail = "collapsed";
  root.classList.add("js");
  system.addEventListener("change", apply);
  root.farolApplyTheme = apply;
  apply();
})();
