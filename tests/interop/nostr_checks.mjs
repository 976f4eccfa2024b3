// Lets nostr-tools, the library of most clients for the web, loose on a relay: `node nostr_checks.mjs ADDRESS`.
// What it saw goes out as one line of JSON; what it could not do ends it with a word on why.

import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from "nostr-tools/pure";
import { Relay, useWebSocketImplementation } from "nostr-tools/relay";
import { fetchRelayInformation, useFetchImplementation } from "nostr-tools/nip11";
import { NegentropyStorageVector, NegentropySync } from "./node_modules/nostr-tools/lib/esm/nip77.js";
import * as nip17 from "nostr-tools/nip17";
import WebSocket from "ws";

useWebSocketImplementation(WebSocket);
const [address] = process.argv.slice(2);
const patience = setTimeout(() => {
  console.error("nostr_checks: out of patience");
  process.exit(1);
}, 20_000);

const now = () => Math.floor(Date.now() / 1000);
const secret = generateSecretKey();
const me = getPublicKey(secret);
const relay = await Relay.connect(address);

/** Everything stored that fits, in the order it came. */
function stored(filters) {
  return new Promise((resolve, reject) => {
    const found = [];
    const subscription = relay.subscribe(filters, {
      onevent: (event) => found.push(event),
      oneose: () => {
        resolve(found);
        subscription.close();
      },
      onclose: (why) => reject(new Error(why)),
    });
  });
}

const note = (content, tags = [], kind = 1, at = now()) =>
  finalizeEvent({ kind, created_at: at, tags, content }, secret);

// Live, and read back.
const event = note("Hello \u2028 \"tea\" \u{1f375}", [["t", "tea"]]);
const live = new Promise((resolve) => {
  relay.subscribe([{ authors: [me], since: now() - 5 }], { onevent: resolve });
});
const began = performance.now();
await relay.publish(event);
const told = await live;
const milliseconds = performance.now() - began;
const [read] = await stored([{ "#t": ["tea"], authors: [me] }]);

// Newest in its place; taken away for good.
await relay.publish(note("{}", [], 0, now() - 10));
await relay.publish(note('{"name":"new"}', [], 0));
const profiles = await stored([{ kinds: [0], authors: [me] }]);
await relay.publish(note("", [["e", event.id]], 5));
let again = "";
try {
  await relay.publish(event);
} catch (error) {
  again = error.message;
}

// A forged one.
let forged = "";
try {
  await relay.publish({ ...note("mine"), content: "not mine" });
} catch (error) {
  forged = error.message;
}

// A message for oneself, read only after proving who one is.
await relay.publish(nip17.wrapEvent(secret, { publicKey: me }, "psst"));
let refused = "";
try {
  await stored([{ kinds: [1059], "#p": [me] }]);
} catch (error) {
  refused = error.message;
}
await relay.auth((template) => Promise.resolve(finalizeEvent(template, secret)));
const [wrapped] = await stored([{ kinds: [1059], "#p": [me] }]);

// What each lacks.
const some = Array.from({ length: 80 }, (_, n) => note(`n${n}`, [], 7, now() - n));
for (const each of some.slice(0, 60)) await relay.publish(each);
const storage = new NegentropyStorageVector();
for (const each of some.slice(40)) storage.insert(each.created_at, each.id);
storage.seal();
const have = [];
const need = [];
await new Promise((resolve, reject) => {
  const sync = new NegentropySync(relay, storage, { kinds: [7], authors: [me] }, {
    onhave: (id) => have.push(id),
    onneed: (id) => need.push(id),
    onclose: (error) => (error ? reject(new Error(error)) : resolve()),
  });
  sync.start();
});
const same = (ids, events) => ids.length === events.length && events.every((each) => ids.includes(each.id));

useFetchImplementation(fetch);
const information = await fetchRelayInformation(address);

console.log(
  JSON.stringify({
    told: verifyEvent(told) && told.id === event.id,
    milliseconds,
    read: verifyEvent(read) && read.content === event.content,
    profiles: profiles.map((each) => each.content),
    again,
    forged,
    refused,
    message: nip17.unwrapEvent(wrapped, secret).content,
    have: same(have, some.slice(60)),
    need: same(need, some.slice(0, 40)),
    counted: await relay.count([{ kinds: [7], authors: [me] }], {}),
    nips: information.supported_nips,
    limit: information.limitation.max_limit,
  }),
);
clearTimeout(patience);
relay.close();
process.exit(0);
