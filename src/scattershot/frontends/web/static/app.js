// What a script adds to pages that work without one: new posts appear by themselves, a like does not reload, keys move
// through posts, pictures open in place, and moments read in the reader's own clock.
// The server renders; here ids arrive, and what they stand for is fetched as HTML.

const timeline = document.querySelector("#timeline[data-live]");
const MOST = 300; // entries kept on an open page

if (timeline && "EventSource" in window) listen();
document.addEventListener("submit", quietly);
document.addEventListener("keydown", typed);
document.addEventListener("click", clicked);
setInterval(tick, 30_000);
localMoments(document);
if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});

// -- live

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
  localMoments(page);
  return page.querySelector("body > *");
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
    const answer = response.type === "opaqueredirect" && (await fetched(article.dataset.entry));
    const fresh = answer && (answer.matches(".post") ? answer : answer.querySelector(".post"));
    if (!fresh) throw new Error("not taken");
    const places = [article.querySelector(".deeds"), fresh.querySelector(".deeds")];
    for (const back of places[1].querySelectorAll("[name=back]")) back.value = `${location.pathname}${location.search}#${article.id}`;
    places[0].replaceWith(places[1]);
    article.querySelector(`.deeds button[class="${label}"]`)?.focus();
  } catch {
    form.submit(); // the plain way, which also says what is the matter
  }
}

// -- keys

const WAYS = { h: "/home", n: "/notifications", c: "/conversations", k: "/kept" };
let leading = false; // whether g was typed just now

function typed(event) {
  const at = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at.form && at.id === "text") {
    event.preventDefault();
    at.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || at.closest?.("input, textarea, select, dialog")) return;
  if (event.key === "Escape") { document.querySelector(".menu[open]")?.removeAttribute("open"); return; }
  const way = leading && WAYS[event.key];
  leading = event.key === "g";
  if (way) { event.preventDefault(); location.assign(way); return; }
  const post = document.querySelector(".post.at");
  const press = (sign) => post?.querySelector(sign)?.click();
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    Enter: () => at === post && press(".when"),
    r: () => press(".deed.answer"),
    l: () => press("button.like"),
    b: () => press("button.boost"),
    m: () => press("button.keep"),
    x: () => press("details:not(.menu, .alt) > summary"),
    n: () => (document.querySelector(".prompt #text")?.focus(), document.querySelector(".prompt #text") || location.assign("/compose")),
    "/": () => location.assign("/search"),
    "?": () => location.assign("/keys"),
    ".": () => document.querySelector("#news:not([hidden])")?.click(),
  };
  if (!acts[event.key] || !document.body.classList.contains("in")) return;
  if (event.key !== "Enter") event.preventDefault();
  acts[event.key]();
}

function move(step) {
  const posts = [...document.querySelectorAll(".post, .notice")];
  const here = posts.findIndex((post) => post.classList.contains("at"));
  const seen = posts.findIndex((post) => post.getBoundingClientRect().bottom > 80);
  const next = posts[here < 0 ? Math.max(seen, 0) : here + step];
  if (!next) return;
  posts[here]?.classList.remove("at");
  next.classList.add("at");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

// -- pictures, and menus that close

function clicked(event) {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const shot = event.target.closest?.("a.shot");
  if (!shot || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
  event.preventDefault();
  view([...(shot.closest(".media") ?? shot.parentElement).querySelectorAll("a.shot")], shot);
}

function view(shots, first) {
  let at = shots.indexOf(first);
  const box = document.createElement("dialog");
  box.className = "viewer";
  box.setAttribute("aria-label", "Picture");
  const picture = box.appendChild(new Image());
  const words = box.appendChild(document.createElement("p"));
  const show = (step) => {
    at = (at + step + shots.length) % shots.length;
    picture.src = shots[at].href;
    picture.alt = shots[at].querySelector("img")?.alt || shots[at].getAttribute("aria-label") || "";
    words.textContent = picture.alt;
    words.dir = "auto";
  };
  const button = (name, sign, label, act) => {
    const made = box.appendChild(document.createElement("button"));
    Object.assign(made, { className: name, type: "button", textContent: sign, onclick: act });
    made.setAttribute("aria-label", label);
  };
  button("shut", "×", "Close", () => box.close());
  if (shots.length > 1) {
    button("past", "‹", "The picture before", () => show(-1));
    button("next", "›", "The next picture", () => show(1));
  }
  box.addEventListener("keydown", ({ key }) => {
    if (shots.length > 1 && key.startsWith("Arrow")) show(key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1);
  });
  box.addEventListener("click", ({ target }) => { if (target === box || target === picture) box.close(); });
  box.addEventListener("close", () => { box.remove(); shots[at].focus(); });
  document.body.append(box);
  show(0);
  box.showModal();
}

// -- moments

function localMoments(root) {
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    if (time.title) time.title = full.format(at);
    else time.textContent = full.format(at);
  }
}

function tick() { // the first hours read by the minute; what is older is right until the page is loaded again
  for (const time of document.querySelectorAll("time[datetime][title]")) {
    const minutes = Math.floor((Date.now() - new Date(time.dateTime)) / 60_000);
    if (minutes > 0 && minutes < 1440) time.textContent = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
  }
}
