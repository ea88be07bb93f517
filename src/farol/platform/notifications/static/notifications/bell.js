// The bell: the number follows the topic `notifications`, the latest notices are fetched when it opens.
(() => {
  "use strict";
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const count = bell.querySelector("[data-bell-count]");
  const text = bell.querySelector("[data-bell-text]");
  const latest = bell.querySelector("[data-bell-latest]");

  const fetchLatest = async () => {
    const answer = await fetch(bell.dataset.latest, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer && answer.ok) latest.innerHTML = await answer.text();
  };
  bell.addEventListener("stream:notifications", (event) => {
    const unread = event.detail.unread;
    count.textContent = unread > 99 ? "99+" : unread;
    count.hidden = !unread;
    text.textContent = `${unread} ${bell.dataset.textUnread}`;
    if (bell.open && !latest.contains(document.activeElement)) fetchLatest();
  });
  bell.addEventListener("toggle", () => { if (bell.open) fetchLatest(); });
})();
