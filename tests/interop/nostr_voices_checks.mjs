// nostr-tools as a person's client of our relay: `node nostr_voices_checks.mjs ADDRESS ORIGIN NAME`.
// Listens for what NAME posts, answers it, and says what it saw as lines of JSON.

import { finalizeEvent, generateSecretKey, verifyEvent } from "nostr-tools/pure";
import { Relay, useWebSocketImplementation } from "nostr-tools/relay";
import { npubEncode } from "nostr-tools/nip19";
import { parse } from "nostr-tools/nip10";
import WebSocket from "ws";

useWebSocketImplementation(WebSocket);
const [address, origin, name] = process.argv.slice(2);
setTimeout(() => {
  console.error("nostr_voices_checks: out of patience");
  process.exit(1);
}, 30_000).unref();

const say = (what) => console.log(JSON.stringify(what));
const now = () => Math.floor(Date.now() / 1000);
const { names, relays } = await (await fetch(`${origin}/.well-known/nostr.json?name=${name}`)).json();
const pubkey = names[name];
const relay = await Relay.connect(address);
const secret = generateSecretKey();

const first = (filters) =>
  new Promise((resolve) => {
    const subscription = relay.subscribe(filters, {
      onevent: (event) => {
        subscription.close();
        resolve(event);
      },
    });
  });

const profile = await first([{ kinds: [0], authors: [pubkey] }]);
const told = first([{ kinds: [1], authors: [pubkey], since: now() - 60 }]);
say({ ready: true, npub: npubEncode(pubkey), relays: relays[pubkey], profile: JSON.parse(profile.content).nip05 });

const note = await told;
await relay.publish(finalizeEvent({ kind: 0, created_at: now(), tags: [], content: '{"name":"Tools"}' }, secret));
await relay.publish(
  finalizeEvent(
    { kind: 1, created_at: now(), tags: [["e", note.id, address, "root"], ["p", pubkey]], content: "Heard by nostr-tools" },
    secret,
  ),
);
say({ content: note.content, genuine: verifyEvent(note), at: Date.now() });

const answer = await first([{ kinds: [1], authors: [pubkey], "#e": [note.id] }]);
say({ answer: answer.content, root: parse(answer).root?.id === note.id, genuine: verifyEvent(answer) });
relay.close();
process.exit(0);
