// The emojis of the form: fetched when they are first looked at, found by name, walked through with the arrow keys. A
// button bears what it puts in (data-emoji); the form's own script puts it where one writes.

const box = document.querySelector("details[data-emojis]");
if (box) box.addEventListener("toggle", open, { once: true });

async function open() {
  const answer = await fetch(box.dataset.emojis).catch(() => null);
  if (!answer?.ok) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "search", placeholder: "Find an emoji: cat, heart, rain", autocomplete: "off" });
  field.setAttribute("aria-label", "Find an emoji");
  const grid = document.createElement("div");
  grid.className = "palette";
  for (const { title, emojis } of await answer.json()) {
    const group = grid.appendChild(document.createElement("div"));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", title);
    group.append(...emojis.map(([emoji, name]) => button(emoji, name)));
  }
  const none = document.createElement("p");
  Object.assign(none, { className: "dim", textContent: "None is called so.", hidden: true });
  none.setAttribute("role", "status");
  box.querySelector("summary").after(field, grid, none);
  field.addEventListener("input", () => { none.hidden = sift(grid, field.value.trim().toLowerCase()); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); shown(grid)[0]?.click(); }
    if (event.key === "ArrowDown") { event.preventDefault(); go(grid, shown(grid)[0]); }
  });
  grid.addEventListener("keydown", (event) => walk(grid, field, event));
  grid.addEventListener("focusin", ({ target }) => only(grid, target));
  only(grid, shown(grid)[0]);
  if (box.contains(document.activeElement)) field.focus();
}

function button(emoji, name) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "plain", textContent: emoji, title: name, tabIndex: -1 });
  made.dataset.emoji = emoji;
  made.setAttribute("aria-label", name);
  return made;
}

function shown(grid) { return [...grid.querySelectorAll("button:not([hidden])")]; }

function only(grid, target) { // one stop for the tab key, wherever one is
  for (const each of grid.querySelectorAll('[tabindex="0"]')) each.tabIndex = -1;
  if (target) target.tabIndex = 0;
}

function sift(grid, words) { // whether any is left
  for (const each of grid.querySelectorAll("button")) each.hidden = !words.split(/\s+/).every((word) => each.title.includes(word));
  for (const group of grid.children) group.hidden = !group.querySelector("button:not([hidden])");
  const [first] = shown(grid);
  only(grid, first);
  return Boolean(first);
}

function go(grid, target) {
  if (!target) return;
  only(grid, target);
  target.focus();
}

function walk(grid, field, event) {
  const all = shown(grid), at = all.indexOf(document.activeElement);
  const here = all[at]?.getBoundingClientRect();
  if (!here) return;
  const below = (sign) => all.filter((each) => sign * (each.getBoundingClientRect().top - here.top) > 4)
    .sort((one, other) => far(one, here, sign) - far(other, here, sign))[0];
  const ways = {
    ArrowRight: () => all[at + 1], ArrowLeft: () => all[at - 1], Home: () => all[0], End: () => all.at(-1),
    ArrowDown: () => below(1), ArrowUp: () => below(-1) ?? field,
  };
  if (!(event.key in ways)) return;
  event.preventDefault();
  const target = ways[event.key]();
  if (target === field) field.focus();
  else go(grid, target);
}

function far(each, here, sign) { // the next line first, then what stands nearest
  const place = each.getBoundingClientRect();
  return sign * (place.top - here.top) * 10_000 + Math.abs(place.left - here.left);
}
