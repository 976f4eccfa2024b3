// What a script adds to the form of a post: files are taken in as they are chosen, dropped or pasted, signs are counted,
// emojis are put in where one writes, moments are the writer's own, and what is typed outlives a page that is left.

const form = document.querySelector("form.studio");
if (form) begin();

function begin() {
  let last = form.querySelector("textarea");
  for (const text of form.querySelectorAll(".piece > textarea")) {
    count(text);
    text.addEventListener("input", () => count(text));
    text.addEventListener("focus", () => { last = text; });
    text.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (files.length) { event.preventDefault(); take(text.closest(".piece"), files); }
    });
  }
  for (const piece of form.querySelectorAll(".piece")) {
    const chooser = piece.querySelector("input[type=file]");
    chooser.addEventListener("change", async () => {
      const files = [...chooser.files];
      chooser.value = "";
      await take(piece, files);
    });
    piece.querySelector(".add button").hidden = true;
    piece.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
    piece.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      take(piece, [...event.dataTransfer.files]);
    });
  }
  form.addEventListener("click", (event) => {
    const emoji = event.target.closest("[data-emoji]");
    if (emoji) put(last, emoji.dataset.emoji);
    const out = event.target.closest('[value^="leave-out-"]');
    if (out?.closest(".given")) { event.preventDefault(); leave(out.closest(".given")); }
    if (event.target.matches(".given img")) look(event);
  });
  clock();
  remember();
}

function count(text) {
  const words = form.querySelector(`#${CSS.escape(text.getAttribute("aria-describedby").split(" ").pop())} .left`);
  const warning = form.querySelector("#warning")?.value.length ?? 0;
  const left = Number(text.dataset.limit) - [...text.value].length - warning;
  words.textContent = left < 0 ? `${-left} characters too long.` : `${left} characters left.`;
  words.classList.toggle("over", left < 0);
}

async function take(piece, files) {
  const list = piece.querySelector(".gifts");
  for (const file of files) {
    const sent = new FormData();
    sent.append("token", form.elements.token.value);
    sent.append("as", form.elements.as?.value ?? "");
    sent.append("place", piece.dataset.place);
    sent.append("file", file);
    const row = list.appendChild(document.createElement("li"));
    row.textContent = `${file.name} is being taken in …`;
    row.setAttribute("role", "status");
    list.hidden = false;
    try {
      const answer = await fetch("/uploads", { method: "POST", body: sent });
      const text = await answer.text();
      if (!answer.ok) throw new Error(answer.status < 500 && !text.startsWith("<") ? text : "That file could not be taken.");
      const page = new DOMParser().parseFromString(text, "text/html");
      const made = page.querySelector(".given");
      row.replaceWith(made);
      made.querySelector("textarea").focus();
      settle();
    } catch (problem) {
      row.className = "problem";
      row.setAttribute("role", "alert");
      row.textContent = problem.message;
    }
  }
}

function settle() { // what was given is its speaker's: it can be no other's any more
  for (const each of form.querySelectorAll("#as option:not(:checked)")) each.disabled = true;
}

function leave(given) {
  const list = given.parentElement;
  given.remove();
  list.hidden = !list.children.length;
}

function look({ target, offsetX, offsetY }) { // a click on the picture says where to look: the nearest of nine places
  const chooser = target.closest(".given").querySelector("select");
  if (!chooser) return;
  const x = (offsetX / target.clientWidth) * 2 - 1, y = 1 - (offsetY / target.clientHeight) * 2;
  const far = ({ value }) => { const [a, b] = value ? value.split(",").map(Number) : [0, 0]; return (a - x) ** 2 + (b - y) ** 2; };
  chooser.value = [...chooser.options].sort((one, other) => far(one) - far(other))[0].value;
}

function put(text, words) {
  const at = text.selectionEnd;
  const named = words.startsWith(":"); // a name is read as one only where it stands by itself
  const gap = named && at && !/\s/.test(text.value[at - 1]) ? " " : "";
  text.setRangeText(`${gap}${words}${named ? " " : ""}`, text.selectionStart, at, "end");
  text.focus();
  count(text);
}

function clock() { // the field has UTC without a script, and the writer's own time with one
  const field = form.querySelector("#at");
  if (!field) return;
  const zone = form.elements.zone;
  form.querySelector("#whose-time").textContent = "your time";
  if (field.value) {
    const at = new Date(`${field.value}:00Z`.replace(/:00:00Z$/, ":00Z")).getTime() + Number(zone.value) * 60_000;
    if (!isNaN(at)) field.value = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  const tell = () => { zone.value = new Date(field.value || Date.now()).getTimezoneOffset(); };
  tell();
  field.addEventListener("change", tell);
}

function remember() { // in this tab alone, until it is sent
  const key = `text of ${location.pathname}${location.search}`;
  const text = form.querySelector("#text");
  if (!text.value && sessionStorage.getItem(key)) { text.value = sessionStorage.getItem(key); count(text); }
  text.addEventListener("input", () => sessionStorage.setItem(key, text.value));
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sessionStorage.removeItem(key);
  });
}
