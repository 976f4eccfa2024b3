// Passkeys: forms that a browser fills in by its own means, shown where it has them (W3C Web Authentication).

if (window.PublicKeyCredential) {
  for (const note of document.querySelectorAll("[data-unscripted]")) note.remove();
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answered(form).then(
        (answer) => { form.elements.answer.value = JSON.stringify(answer); form.submit(); },
        (error) => tell(form, error instanceof Told ? error.message : "That did not work, or you stopped it."),
      );
    });
  }
}

class Told extends Error {}

async function answered(form) {
  tell(form, "");
  if (form.dataset.passkey === "show") return shown(JSON.parse(form.dataset.wish));
  const body = new URLSearchParams(new FormData(form));
  const response = await fetch(form.dataset.ask, { method: "POST", body });
  const kind = response.headers.get("content-type") ?? "";
  const wish = kind.startsWith("application/json") ? await response.json() : {};
  if (!response.ok) throw new Told(wish.problem ?? "That did not work. Please load the page anew.");
  return made(wish);
}

async function made(wish) {
  wish.challenge = bytes(wish.challenge);
  wish.user.id = bytes(wish.user.id);
  for (const each of wish.excludeCredentials ?? []) each.id = bytes(each.id);
  const { rawId, type, response } = await navigator.credentials.create({ publicKey: wish });
  return { id: text(rawId), rawId: text(rawId), type, response: {
    clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) } };
}

async function shown(wish) {
  wish.challenge = bytes(wish.challenge);
  for (const each of wish.allowCredentials ?? []) each.id = bytes(each.id);
  const { rawId, type, response } = await navigator.credentials.get({ publicKey: wish });
  return { id: text(rawId), rawId: text(rawId), type, response: {
    clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
    signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null } };
}

function tell(form, words) {
  const place = form.querySelector(".problem[hidden], .problem:not([id])");
  if (place) { place.textContent = words; place.hidden = !words; }
}

function bytes(base64url) {
  const packed = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
