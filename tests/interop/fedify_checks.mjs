// Fedify's signature code as an oracle: reads from standard input what we signed and says which of it Fedify believes,
// and signs the same sorts of things itself for us to verify. No server, no network: actors come with the question.

import { text } from "node:stream/consumers";
import { generateCryptoKeyPair, signObject, signRequest, verifyObject, verifyRequestDetailed } from "@fedify/fedify/sig";
import { Activity, CryptographicKey, Endpoints, Multikey, Person } from "@fedify/fedify/vocab";
import { preloadedContexts } from "@fedify/vocab-runtime"; // both are pinned by the lock file, as parts of Fedify
import { Temporal } from "@js-temporal/polyfill";

const question = JSON.parse(await text(process.stdin));
const now = Temporal.Instant.fromEpochMilliseconds(question.now);

async function documentLoader(url) {
  const document = question.actors[url.split("#")[0]];
  if (document == null) throw new Error(`not part of the question: ${url}`);
  return { contextUrl: null, documentUrl: url, document };
}

async function contextLoader(url) {
  const document = preloadedContexts[url]; // the usual ones come with the package; another would cross the network
  if (document == null) throw new Error(`not a context that Fedify knows: ${url}`);
  return { contextUrl: null, documentUrl: url, document };
}

const loaders = { documentLoader, contextLoader };

async function verdictOnRequest({ method, url, headers, body }) {
  const request = new Request(url, { method, headers, body: method === "GET" ? null : Buffer.from(body, "base64") });
  const verdict = await verifyRequestDetailed(request, { ...loaders, currentTime: now });
  return verdict.verified ? verdict.key.id.href : `refused: ${verdict.reason.type}`;
}

async function verdictOnDocument(document) {
  try {
    const activity = await verifyObject(Activity, document, loaders);
    return activity == null ? "refused" : activity.actorId.href;
  } catch (error) {
    return `unreadable: ${error.message}`; // one document must not silence what is to be said of the others
  }
}

async function aPeer(actorUrl) {
  const rsa = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
  const ed25519 = await generateCryptoKeyPair("Ed25519");
  const id = new URL(actorUrl);
  const keyId = new URL("#main-key", id);
  const multikeyId = new URL("#multikey-1", id);
  const actor = new Person({
    id,
    preferredUsername: "bob",
    name: "Bob",
    inbox: new URL(`${actorUrl}/inbox`),
    outbox: new URL(`${actorUrl}/outbox`),
    endpoints: new Endpoints({ sharedInbox: new URL("/inbox", id) }),
    publicKey: new CryptographicKey({ id: keyId, owner: id, publicKey: rsa.publicKey }),
    assertionMethod: new Multikey({ id: multikeyId, controller: id, publicKey: ed25519.publicKey }),
  });
  return { rsa, ed25519, keyId, multikeyId, actor };
}

async function signedRequest(peer, { method, url, spec, body }) {
  const headers = { accept: "application/activity+json", "user-agent": "Fedify" };
  if (body != null) headers["content-type"] = "application/activity+json";
  const request = new Request(url, { method, headers, body });
  const signed = await signRequest(request, peer.rsa.privateKey, peer.keyId, { spec, currentTime: now });
  const bytes = Buffer.from(await signed.clone().arrayBuffer());
  return { method, url, headers: [...signed.headers], body: bytes.toString("base64") };
}

async function provenDocument(peer, document) {
  const activity = await Activity.fromJsonLd(document, loaders);
  const signed = await signObject(activity, peer.ed25519.privateKey, peer.multikeyId, { ...loaders, created: now });
  return await signed.toJsonLd({ format: "compact", contextLoader });
}

const inTurn = async (things, work) => {
  const answers = [];
  for (const thing of things) answers.push(await work(thing));
  return answers;
};
const peer = await aPeer(question.peer);
const answer = {
  requests: await inTurn(question.requests, verdictOnRequest),
  documents: await inTurn(question.documents, verdictOnDocument),
  actor: await peer.actor.toJsonLd({ contextLoader }),
  signed_requests: await inTurn(question.to_sign, (wanted) => signedRequest(peer, wanted)),
  proven_documents: await inTurn(question.to_prove, (document) => provenDocument(peer, document)),
};
process.stdout.write(JSON.stringify(answer));
