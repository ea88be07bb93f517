// Evaluated in the page by checks.py.
() => {
  const faults = [];
  const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const told = (e) => {
    const text = (e.innerText || e.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.className.baseVal === undefined && e.className ? "." + String(e.className).split(" ").join(".") : ""}> ${text}`;
  };

  // names
  const labelled = (e) => {
    if (e.getAttribute("aria-label")?.trim() || e.title) return true;
    const by = e.getAttribute("aria-labelledby");
    if (by && by.split(" ").some((id) => document.getElementById(id)?.textContent.trim())) return true;
    if (e.labels?.length && [...e.labels].some((l) => l.textContent.trim())) return true;
    if (e.matches("input[type=submit], input[type=button]")) return Boolean(e.value);
    return !e.matches("input, select, textarea") && Boolean(e.textContent.trim());
  };
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]"))
    if (shown(e) && !labelled(e)) faults.push(`no name: ${told(e)}`);
  for (const e of document.querySelectorAll("img:not([alt]), canvas:not([aria-hidden]):not([aria-label]):not([role])"))
    if (shown(e) && !e.closest("[role=img], [aria-hidden=true]")) faults.push(`no text: ${told(e)}`);

  // size of targets; a link inside a line of text is exempt
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")) {
    if (!shown(e) || e.closest(".visually-hidden, .skip-link")) continue;
    const box = (e.closest("label") || e).getBoundingClientRect();
    const inline = getComputedStyle(e).display === "inline" && e.closest("p, li, td, dd, span, h1, h2, h3, legend, small, div");
    if (!inline && (box.width < 23.5 || box.height < 23.5)) faults.push(`target ${Math.round(box.width)}x${Math.round(box.height)}: ${told(e)}`);
  }

  // structure
  if (document.querySelectorAll("h1").length !== 1) faults.push(`${document.querySelectorAll("h1").length} headings of level 1`);
  if (!document.documentElement.lang) faults.push("no language");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push(`id twice: ${id}`);
  if (document.documentElement.scrollWidth > innerWidth + 1) {
    const wide = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && shown(e)).slice(0, 3);
    faults.push(`wider than the window: ${document.documentElement.scrollWidth} > ${innerWidth}: ${wide.map(told).join(" | ")}`);
  }

  // contrast of text
  const parse = (text) => {
    const srgb = text.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)/);
    if (srgb) return [srgb[1] * 255, srgb[2] * 255, srgb[3] * 255, srgb[4] === undefined ? 1 : +srgb[4]];
    const rgb = text.match(/[\d.]+/g);
    return rgb ? [+rgb[0], +rgb[1], +rgb[2], rgb[3] === undefined ? 1 : +rgb[3]] : [0, 0, 0, 0];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && style.backgroundImage.includes("url")) return null;
      const colour = parse(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] >= 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(e) || !shown(e)) continue;
    seen.add(e);
    if (e.closest("script, style, [disabled], [aria-disabled=true], [aria-hidden=true], .visually-hidden, svg, option, .skip-link, dialog:not([open])")) continue;
    const box = e.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(e);
    const behind = ground(e);
    if (!behind) continue;
    const front = over(parse(style.color), behind);
    const [a, b] = [light(front), light(behind)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < least - 0.01) faults.push(`contrast ${ratio.toFixed(2)}: ${told(e)}`);
  }
  return [...new Set(faults)];
}
