// What a script adds to pages that work without one: new posts appear by themselves, and a like does not reload.
// The server renders; here ids arrive, and what they stand for is fetched as HTML.

const timeline = document.querySelector("#timeline[data-live]");
const MOST = 300; // entries kept on an open page

if (timeline && "EventSource" in window) listen();
document.addEventListener("submit", quietly);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form && event.target.id === "text") {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

function listen() {
  const waiting = new Map(); // entry → article, while the reader is further down
  const button = document.querySelector("#news");
  let order = Promise.resolve(); // one after another, so that posts keep their order
  const source = new EventSource(`${timeline.dataset.live}?after=${timeline.dataset.place}`);

  const next = (work) => { order = order.then(work).catch((error) => console.warn(error)); };
  const on = (name, act) => source.addEventListener(name, (event) => {
    const news = JSON.parse(event.data);
    next(() => act(news));
  });
  // A browser follows the last id by itself when it connects again; a page put away by the browser needs a nudge.
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  on("entry", async ({ entry }) => {
    if (articleOf(entry) || waiting.has(entry)) return;
    const article = await fetched(entry);
    if (!article) return;
    waiting.set(entry, article);
    if (scrollY < 60 || article.querySelector('a[href$="/edit"]')) show();
    else tell();
  });
  on("edited", async ({ entry }) => {
    const old = articleOf(entry);
    const article = old && (await fetched(entry));
    if (article) old.replaceWith(article);
  });
  on("deleted", ({ entry }) => {
    waiting.delete(entry);
    for (const article of timeline.querySelectorAll(`[data-entry="${entry}"], [data-post="${entry}"]`)) article.remove();
    tell();
  });
  on("notified", counted);
  on("stale", () => {
    button.textContent = "Much has happened: load the page anew";
    button.hidden = false;
    button.onclick = () => location.reload();
  });

  button.addEventListener("click", () => { show(); scrollTo({ top: 0 }); });
  addEventListener("scroll", () => { if (scrollY < 60 && waiting.size) show(); }, { passive: true });

  function tell() {
    button.textContent = waiting.size === 1 ? "1 new post" : `${waiting.size} new posts`;
    button.hidden = waiting.size === 0;
  }
  function show() {
    const articles = [...waiting.values()];
    waiting.clear();
    for (const article of articles) {
      article.classList.add("fresh");
      timeline.prepend(article);
    }
    document.querySelector("#empty")?.remove();
    while (timeline.children.length > MOST) timeline.lastElementChild.remove();
    tell();
  }
}

function articleOf(entry) {
  return document.querySelector(`.post[data-entry="${CSS.escape(entry)}"]`);
}

async function fetched(entry) {
  const response = await fetch(`/entries/${entry}`, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("article");
}

async function counted() {
  const response = await fetch("/notifications/untold", { headers: { Accept: "text/plain" } });
  const badge = document.querySelector("#untold");
  if (!response.ok || response.redirected || !badge) return;
  const count = (await response.text()).trim();
  badge.firstChild.textContent = count;
  badge.hidden = count === "0";
}

async function quietly(event) {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  const article = form.closest(".post");
  if (!article) return;
  event.preventDefault();
  const label = form.querySelector("button").className;
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    const fresh = response.type === "opaqueredirect" && (await fetched(article.dataset.entry));
    if (!fresh) throw new Error("not taken");
    const places = [article.querySelector(".deeds"), fresh.querySelector(".deeds")];
    for (const back of places[1].querySelectorAll("[name=back]")) back.value = `${location.pathname}${location.search}#${article.id}`;
    places[0].replaceWith(places[1]);
    article.querySelector(`.deeds button[class="${label}"]`)?.focus();
  } catch {
    form.submit(); // the plain way, which also says what is the matter
  }
}
