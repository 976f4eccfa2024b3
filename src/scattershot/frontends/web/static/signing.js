// A key that the browser holds (NIP-07): proved to us where one settles it, and asked, on any page, to sign what waits
// for it. The server sees to it that what comes back is what waited.

const WAITING = "/settings/networks/waiting", SIGNED = "/settings/networks/signed";
const LATE = [0, 200, 600, 1500]; // ms: an add-on may bring its key after the page was read
const AGAIN = [1000, 3000, 10_000]; // ms after something was said: it waits a moment later
const EVERY = 30_000;
const SAID = "said", LEFT = "left-unsigned"; // kept for the tab: that something was posted; what its owner did not sign

let turn = Promise.resolve();
let speaking = false; // whether a browser holds a key of theirs at all
let note;

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action")?.startsWith("/posts")) keep(SAID, "yes");
  if (speaking) soon();
});
begin();

async function begin() {
  for (const late of LATE) {
    if (window.nostr?.signEvent) break;
    await new Promise((done) => setTimeout(done, late));
  }
  if (window.nostr?.signEvent) for (const form of document.querySelectorAll("form[data-browser-key]")) offer(form);
  const said = kept(SAID);
  keep(SAID, "");
  if (!window.nostr?.signEvent && !said) return;
  await look();
  if (!speaking) return;
  if (said) soon();
  setInterval(() => { if (!document.hidden) look(); }, EVERY);
}

function soon() {
  for (const late of AGAIN) setTimeout(look, late);
}

// -- letting it sign

function offer(form) {
  form.closest("section").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector(".problem");
    problem.hidden = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const wish = await answered(await fetch(form.dataset.ask, { method: "POST", body }));
      form.elements.answer.value = JSON.stringify(await window.nostr.signEvent(wish));
      form.submit();
    } catch (error) {
      problem.textContent = error instanceof Told ? error.message : "Your browser did not sign, or you stopped it.";
      problem.hidden = false;
    }
  });
}

// -- signing what waits

function look(asked = false) {
  const one = () => lookNow(asked).catch((error) => console.warn(error));
  turn = turn.then(() => (navigator.locks ? navigator.locks.request("signing", one) : one())); // not in two tabs at once
  return turn;
}

async function lookNow(asked) {
  const answer = await fetch(WAITING, { headers: { Accept: "application/json" }, redirect: "error" });
  const { speaks, token, waiting } = await answered(answer);
  speaking = speaks;
  const problem = waiting.length ? await signed(waiting, token, asked) : "";
  tell(problem);
  if (waiting.length && !problem) await lookNow(false); // there may be more than is handed out at a time
}

// Why something still waits, in words; empty where nothing does.
async function signed(waiting, token, asked) {
  if (!window.nostr?.signEvent) return `${still(waiting)}: open a page in the browser that holds your key.`;
  if (!asked && Number(kept(LEFT)) >= Number(waiting.at(-1).number)) return `${still(waiting)}.`;
  const left = new Set(waiting);
  let problem = "";
  try {
    const key = await window.nostr.getPublicKey();
    for (const each of waiting) {
      const why = each.key === key ? await give(each, token)
        : `This browser holds another key than the one by which ${each.as} is known.`;
      if (why) problem = why;
      else left.delete(each);
    }
  } catch {
    problem = "Your browser did not sign, or you stopped it.";
  }
  if (!left.size) return "";
  keep(LEFT, waiting.at(-1).number);
  return `${still([...left])}. ${problem}`;
}

// Why the server did not take it, if so.
async function give(each, token) {
  const event = await window.nostr.signEvent(JSON.parse(each.what));
  const body = new URLSearchParams({ token, number: each.number, signed: JSON.stringify(event) });
  const response = await fetch(SIGNED, { method: "POST", body });
  return answered(response).then((told) => told.problem, (error) => error.message);
}

function still(waiting) {
  const number = waiting.length;
  return `${number === 1 ? "Something" : `${number} things`} you said ${number === 1 ? "waits" : "wait"} to be signed by your key`;
}

function tell(words) {
  if (!words) { note?.remove(); note = undefined; return; }
  if (!note) {
    note = document.createElement("p");
    note.className = "done";
    note.setAttribute("role", "status");
    document.querySelector("#main").prepend(note);
  }
  note.textContent = `${words} `;
  if (!window.nostr?.signEvent) return;
  const button = note.appendChild(document.createElement("button"));
  button.className = "quiet";
  button.textContent = "Sign now";
  button.addEventListener("click", () => look(true));
}

class Told extends Error {}

async function answered(response) {
  const kind = response.headers.get("content-type") ?? "";
  const told = kind.startsWith("application/json") ? await response.json() : {};
  if (!response.ok || !kind.startsWith("application/json")) throw new Told(told.problem ?? "That did not work. Please load the page anew.");
  return told;
}

function kept(name) { try { return sessionStorage.getItem(name) ?? ""; } catch { return ""; } }
function keep(name, value) { try { sessionStorage.setItem(name, value); } catch { /* it is asked again */ } }
