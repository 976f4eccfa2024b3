// nostr-tools as somebody who writes private messages (NIP-17): `node nostr_letters_checks.mjs ADDRESS ORIGIN NAME`.
// Writes one to NAME, waits for the answer, and says what it saw as lines of JSON.

import { finalizeEvent, generateSecretKey, getPublicKey } from "nostr-tools/pure";
import { Relay, useWebSocketImplementation } from "nostr-tools/relay";
import { unwrapEvent, wrapEvent } from "nostr-tools/nip17";
import WebSocket from "ws";

useWebSocketImplementation(WebSocket);
const [address, origin, name] = process.argv.slice(2);
setTimeout(() => {
  console.error("nostr_letters_checks: out of patience");
  process.exit(1);
}, 40_000).unref();

const say = (what) => console.log(JSON.stringify(what));
const now = () => Math.floor(Date.now() / 1000);
const { names } = await (await fetch(`${origin}/.well-known/nostr.json?name=${name}`)).json();
const pubkey = names[name];
const secret = generateSecretKey();
const mine = getPublicKey(secret);
const sign = (template) => finalizeEvent(template, secret);

const relay = await Relay.connect(address);
relay.onauth = async (template) => sign(template);
await new Promise((resolve) => setTimeout(resolve, 300));
await relay.auth(async (template) => sign(template)).catch(() => {});

const first = (filters, fits = () => true) =>
  new Promise((resolve) => {
    const subscription = relay.subscribe(filters, {
      onevent: (event) => {
        if (!fits(event)) return;
        subscription.close();
        resolve(event);
      },
    });
  });

await relay.publish(sign({ kind: 0, created_at: now(), tags: [], content: '{"name":"Tools"}' }));
await relay.publish(sign({ kind: 10050, created_at: now(), tags: [["relay", address]], content: "" }));
const letterbox = await first([{ kinds: [10050], authors: [pubkey] }]);
say({ ready: true, letters: letterbox.tags.filter((tag) => tag[0] === "relay").map((tag) => tag[1]) });

const answer = first([{ kinds: [1059], "#p": [mine] }]);
await relay.publish(wrapEvent(secret, { publicKey: pubkey, relayUrl: address }, "From nostr-tools"));
const rumour = unwrapEvent(await answer, secret);
say({
  kind: rumour.kind,
  content: rumour.content,
  answers: rumour.tags.some((tag) => tag[0] === "e"),
  genuine: rumour.pubkey === pubkey,
});
relay.close();
process.exit(0);
