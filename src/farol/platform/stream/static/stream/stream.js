// Listens to the topics that the page names and refreshes what depends on them.
//
//   <div data-stream="jobs" data-stream-target="#list-jobs">…</div>
//
// When the topic changes, the targets are fetched anew from the page's own address. Every change is also a DOM event,
// `stream:<topic>`, on the element, with the snapshot as its detail.
(() => {
  "use strict";
  const script = document.currentScript;
  const elements = [...document.querySelectorAll("[data-stream]")];
  const topics = [...new Set(elements.map((element) => element.dataset.stream))];
  if (!topics.length || !window.EventSource || window.farolStream) return;
  window.farolStream = true; // one connection per page, however often the page names this file
  let source = null;
  let wait = 2000;

  const refresh = async (targets) => {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll(targets)) {
      const next = fresh.getElementById(old.id);
      // what a person is busy with stays as it is until the next change
      if (!next || old.contains(document.activeElement) || old.querySelector("details[open], :checked")) continue;
      old.replaceWith(next);
      if (window.htmx) window.htmx.process(next);
    }
  };

  const hear = (topic, first) => (event) => {
    const detail = JSON.parse(event.data);
    for (const element of elements.filter((one) => one.dataset.stream === topic)) {
      element.dispatchEvent(new CustomEvent(`stream:${topic}`, { detail, bubbles: true }));
      if (element.dataset.streamTarget && !first.has(topic)) refresh(element.dataset.streamTarget);
    }
    first.delete(topic);
    wait = 2000;
  };

  const later = () => {
    if (source) source.close();
    source = null;
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 60000);
  };

  const listen = async () => {
    if (document.hidden) return;
    let found;
    try {
      const answer = await fetch(`${script.dataset.ticket}?topics=${topics.join(",")}`, { redirect: "error" });
      if (answer.status === 401 || answer.status === 403) return;
      if (!answer.ok) return later();
      found = await answer.json();
    } catch {
      return later(); // no connection, or the page is being left
    }
    const { path, port, ticket } = found;
    const base = port ? `${location.protocol}//${location.hostname}:${port}` : location.origin;
    source = new EventSource(`${base}${path}?ticket=${encodeURIComponent(ticket)}`);
    const first = new Set(topics); // the page that has just been loaded is up to date
    for (const topic of topics) source.addEventListener(topic, hear(topic, first));
    source.addEventListener("end", later);
    source.onerror = later; // a ticket lets in once; a new connection needs a new one
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      if (source) source.close();
      source = null;
    } else if (!source) {
      listen();
    }
  });
  listen();
})();
