// A whole peer made with Fedify: bob at http://localhost:PORT, steered and questioned at /control.
//
//   node fedify_peer.mjs cavage|rfc9421
//
// It knocks first in the dialect it is given and believes no requests signed in the other. Fedify itself asks for no
// HTTP signature once a proof holds, so each delivery is judged here, by Fedify's own code, before Fedify takes it.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Temporal } from "@js-temporal/polyfill";
import { createFederation, InProcessMessageQueue, MemoryKvStore } from "@fedify/fedify";
import { detachSignature, generateCryptoKeyPair, verifyObject, verifyRequestDetailed } from "@fedify/fedify/sig";
import {
  Accept, Activity, Announce, Create, Delete, Endpoints, Follow, InteractionPolicy, InteractionRule, Like, Mention, Note,
  Person, PUBLIC_COLLECTION, QuoteAuthorization, QuoteRequest, Reject, Tombstone, Undo, Update,
} from "@fedify/fedify/vocab";

const dialect = process.argv[2];
const firstKnock = { cavage: "draft-cavage-http-signatures-12", rfc9421: "rfc9421" }[dialect];
if (firstKnock == null) throw new Error("which dialect: cavage or rfc9421?");

globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` }; // Fedify's queue wants it; Node has it since 21

const onTheNetwork = globalThis.fetch;
globalThis.fetch = async (target, init) => {
  const { hostname } = new URL(target instanceof Request ? target.url : target);
  if (hostname !== "localhost") throw new TypeError(`a test asks nobody but this machine: ${hostname}`);
  return await onTheNetwork(target, init);
};

const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch((error) => outgoing.writeHead(500).end(String(error?.stack ?? error)));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://localhost:${server.address().port}`;

const state = {
  shut: false, // whether everybody is answered 503, as by a node that is down
  asked: [], // GETs, with who signed them
  deliveries: [], // POSTs, with what came of judging them
  followers: {}, // actor id → inboxes
  following: {}, // actor id → "asked", "accepted", "rejected"
  posts: {}, // note id → content, of others
  likes: {}, // note id → actor ids
  boosts: {},
  quotes: {}, // note id → what it quotes and its stamp, of others
  stamps: {}, // note id of our own → the stamp we were given, or "rejected"
  requests: [], // QuoteRequests heard: id, the note, what it quotes
  says: "yes", // what bob answers to them
};
const own = new Map(); // number → Create of our own
const sent = new Map(); // id → activity that may be undone
const stamps = new Map(); // number → QuoteAuthorization of our own
const heard = new Map(); // id → the context in which a Create was heard, so that it can be forwarded
let last = 0;

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  origin,
  firstKnock,
  allowPrivateAddress: true,
});

const keyPairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== "bob") return null;
    const keys = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Bob of Fedify",
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher((_, identifier) => (identifier === "bob" ? keyPairs : []));

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({
  items: Object.entries(state.followers).map(([id, inboxes]) => ({
    id: new URL(id),
    inboxId: new URL(inboxes.inbox),
    endpoints: inboxes.shared == null ? null : { sharedInbox: new URL(inboxes.shared) },
  })),
}));

federation
  .setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [...own.values()].reverse() }))
  .setCounter(() => own.size);

federation.setObjectDispatcher(Note, "/notes/{number}", async (_, { number }) => {
  const create = own.get(Number(number));
  return create == null ? null : await create.getObject();
});

federation.setObjectDispatcher(QuoteAuthorization, "/stamps/{number}", (_, { number }) => stamps.get(Number(number)) ?? null);

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    if (follow.objectId?.href !== me(ctx).href) return;
    const follower = await follow.getActor(ctx);
    const shared = follower.endpoints?.sharedInbox?.href;
    state.followers[follower.id.href] = { inbox: follower.inboxId.href, shared };
    const accept = new Accept({ id: anId("accepts"), actor: me(ctx), to: follower.id, object: follow });
    await ctx.sendActivity({ identifier: "bob" }, follower, accept);
  })
  .on(Accept, async (ctx, accept) => answered(ctx, accept, "accepted"))
  .on(Reject, async (ctx, reject) => answered(ctx, reject, "rejected"))
  .on(Create, async (ctx, create) => {
    heard.set(create.id.href, ctx);
    await read(ctx, create);
  })
  .on(Update, read)
  .on(Delete, (_, { objectId }) => {
    delete state.posts[objectId.href];
    for (const [id, stamp] of Object.entries(state.stamps)) if (stamp === objectId.href) state.stamps[id] = "revoked";
  })
  .on(QuoteRequest, async (ctx, request) => {
    const quoting = await request.getInstrument({ ...ctx, crossOrigin: "trust" });
    state.requests.push({
      id: request.id.href,
      quoting: quoting.id.href,
      quotes: quoting.quoteId?.href ?? null,
      object: request.objectId.href,
    });
    const asker = await ctx.lookupObject(request.actorId);
    const answer = { id: anId("answers"), actor: me(ctx), object: request, to: asker.id };
    if (state.says !== "yes") return await send(ctx, asker, new Reject(answer));
    const number = ++last;
    const stamp = new QuoteAuthorization({
      id: ctx.getObjectUri(QuoteAuthorization, { number: String(number) }),
      attribution: me(ctx),
      interactingObject: quoting.id,
      interactionTarget: request.objectId,
    });
    stamps.set(number, stamp);
    await send(ctx, asker, new Accept({ ...answer, result: stamp.id }));
  })
  .on(Announce, (_, { actorId, objectId }) => note(state.boosts, objectId, actorId))
  .on(Like, (_, { actorId, objectId }) => note(state.likes, objectId, actorId))
  .on(Undo, async (ctx, undo) => {
    const undone = await undo.getObject({ ...ctx, crossOrigin: "trust" });
    if (undone instanceof Follow) delete state.followers[undo.actorId.href];
    if (undone instanceof Announce) note(state.boosts, undone.objectId, undo.actorId, false);
    if (undone instanceof Like) note(state.likes, undone.objectId, undo.actorId, false);
  });

const me = (ctx) => ctx.getActorUri("bob");
const anId = (kind) => new URL(`/${kind}/${++last}`, origin);

async function answered(ctx, answer, word) {
  const follow = await answer.getObject({ ...ctx, crossOrigin: "trust" });
  if (follow instanceof Follow && follow.objectId.href === answer.actorId.href) {
    state.following[answer.actorId.href] = word;
  }
  if (follow instanceof QuoteRequest) {
    state.stamps[follow.instrumentId.href] = word === "accepted" ? answer.resultId.href : word;
  }
}

async function read(ctx, activity) {
  const post = await activity.getObject({ ...ctx, crossOrigin: "trust" });
  if (!(post instanceof Note)) return;
  state.posts[post.id.href] = post.content.toString();
  state.quotes[post.id.href] = {
    quotes: post.quoteId?.href ?? null,
    stamp: post.quoteAuthorizationId?.href ?? null,
    mayQuote: (post.interactionPolicy?.canQuote?.automaticApprovals ?? []).map((url) => url.href),
  };
}

function note(marks, object, actor, is = true) {
  const others = (marks[object.href] ?? []).filter((id) => id !== actor.href);
  marks[object.href] = is ? [...others, actor.href] : others;
}

// What bob does

const deeds = {
  async lookUp(ctx, { url }) {
    const [found, jrd] = [await ctx.lookupObject(url), await ctx.lookupWebFinger(url)];
    return { id: found?.id?.href ?? null, name: found?.preferredUsername?.toString() ?? null, jrd };
  },
  async follow(ctx, { url }) {
    const whom = await ctx.lookupObject(url);
    state.following[whom.id.href] = "asked";
    return await send(ctx, whom, new Follow({ id: anId("follows"), actor: me(ctx), object: whom.id, to: whom.id }));
  },
  async post(ctx, { text, mention, replyTo, quote }) {
    const number = ++last;
    const published = Temporal.Now.instant();
    const addressed = { to: PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri("bob"), ...(mention ? [new URL(mention)] : [])] };
    const object = new Note({
      id: ctx.getObjectUri(Note, { number: String(number) }),
      attribution: me(ctx),
      content: text,
      published,
      replyTarget: replyTo ? new URL(replyTo) : null,
      quote: quote ? new URL(quote) : null,
      interactionPolicy: new InteractionPolicy({ canQuote: new InteractionRule({ automaticApproval: PUBLIC_COLLECTION }) }),
      tags: mention ? [new Mention({ href: new URL(mention), name: "@somebody" })] : [],
      ...addressed,
    });
    const create = new Create({ id: anId("creates"), actor: me(ctx), object, published, ...addressed });
    own.set(number, create);
    await send(ctx, "followers", create);
    if (replyTo) await send(ctx, await authorOf(ctx, replyTo), create);
    return { id: object.id.href, activity: create.id.href };
  },
  /** Ask the author of what a note of bob's quotes; the note goes along whole. */
  async askToQuote(ctx, { id }) {
    const instrument = await mine(id)[1].getObject();
    const author = await authorOf(ctx, instrument.quoteId.href);
    const request = { id: anId("requests"), actor: me(ctx), object: instrument.quoteId, instrument, to: author.id };
    return await send(ctx, author, new QuoteRequest(request));
  },
  async says(_, { word }) {
    state.says = word;
    return {};
  },
  /** What is found at an address, as a stamp. */
  async stampAt(ctx, { url }) {
    const stamp = await ctx.lookupObject(url);
    if (!(stamp instanceof QuoteAuthorization)) return { found: null };
    return { found: stamp.attributionId.href, quoting: stamp.interactingObjectId.href, quoted: stamp.interactionTargetId.href };
  },
  async edit(ctx, { id, text }) {
    const [number, create] = mine(id);
    const object = (await create.getObject()).clone({ content: text, updated: Temporal.Now.instant() });
    own.set(number, create.clone({ object }));
    const update = { id: anId("updates"), actor: me(ctx), object, to: PUBLIC_COLLECTION, updated: object.updated };
    return await send(ctx, "followers", new Update(update));
  },
  async delete(ctx, { id }) {
    const [number] = mine(id);
    own.delete(number);
    const object = new Tombstone({ id: new URL(id) });
    return await send(ctx, "followers", new Delete({ id: anId("deletes"), actor: me(ctx), object, to: PUBLIC_COLLECTION }));
  },
  async boost(ctx, { id }) {
    const addressed = { to: PUBLIC_COLLECTION, cc: ctx.getFollowersUri("bob") };
    const boost = new Announce({ id: anId("boosts"), actor: me(ctx), object: new URL(id), ...addressed });
    await send(ctx, "followers", boost);
    return await send(ctx, await authorOf(ctx, id), boost);
  },
  async like(ctx, { id }) {
    const author = await authorOf(ctx, id);
    return await send(ctx, author, new Like({ id: anId("likes"), actor: me(ctx), object: new URL(id), to: author.id }));
  },
  async undo(ctx, { id }) {
    const { recipient, activity } = sent.get(id);
    const undo = new Undo({ id: anId("undos"), actor: me(ctx), object: activity, tos: [...activity.toIds] });
    return await send(ctx, recipient, undo);
  },
  /** Hand on what another wrote, as it came or with other words in it; answers with what the others said to it. */
  async forward(_, { id, altered }) {
    const ctx = heard.get(id).clone();
    if (altered) ctx.activity = { ...ctx.activity, object: { ...ctx.activity.object, content: altered } };
    try {
      await ctx.forwardActivity({ identifier: "bob" }, "followers", { immediate: true, preferSharedInbox: true });
    } catch (error) {
      return { refused: error.statusCode ?? String(error) };
    }
    return { refused: null };
  },
  async shut(_, { shut }) {
    state.shut = shut;
    state.asked = [];
    return {};
  },
};

async function send(ctx, recipient, activity) {
  sent.set(activity.id.href, { recipient, activity });
  await ctx.sendActivity({ identifier: "bob" }, recipient, activity, { preferSharedInbox: true });
  return { id: activity.id.href };
}

async function authorOf(ctx, id) {
  const post = await ctx.lookupObject(id);
  return await ctx.lookupObject(post.attributionId);
}

function mine(id) {
  const number = Number(id.split("/").at(-1));
  return [number, own.get(number)];
}

// The door

async function answer(incoming, outgoing) {
  const body = await text(incoming);
  const request = new Request(new URL(incoming.url, origin), {
    method: incoming.method,
    headers: incoming.headers,
    body: incoming.method === "POST" ? body : undefined,
  });
  const response = incoming.url.startsWith("/control") ? await steered(request) : await visited(request, body);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

async function steered(request) {
  if (request.method === "GET") return Response.json(state);
  const { deed, ...words } = await request.json();
  return Response.json(await deeds[deed](federation.createContext(new URL(origin), undefined), words));
}

async function visited(request, body) {
  if (state.shut) {
    if (request.method !== "POST") state.asked.push(new URL(request.url).pathname);
    return new Response("shut", { status: 503 });
  }
  if (request.method === "POST") {
    const delivery = await judged(request, body);
    state.deliveries.push(delivery);
    if (delivery.signedBy == null || delivery.dialect !== dialect) {
      delivery.status = 401;
      return new Response("not believed", { status: 401 });
    }
    const response = await federation.fetch(request, { contextData: undefined });
    delivery.status = response.status;
    return response;
  }
  state.asked.push(new URL(request.url).pathname);
  return await federation.fetch(request, { contextData: undefined });
}

/** Who signed a delivery and in which dialect, and whose proof it bears, each judged by itself. */
async function judged(request, body) {
  const { documentLoader, contextLoader } = federation.createContext(new URL(origin), undefined);
  const verdict = await verifyRequestDetailed(request.clone(), { documentLoader, contextLoader });
  const activity = JSON.parse(body);
  let proven = null;
  let problem = null;
  if (activity.proof != null) {
    try {
      // Without its Linked Data signature, which Fedify adds after the proof and takes off before it looks at it.
      proven = await verifyObject(Activity, detachSignature(activity), { documentLoader, contextLoader });
    } catch (error) {
      problem = String(error);
    }
  }
  return {
    type: activity.type,
    id: activity.id,
    actor: activity.actor,
    dialect: request.headers.has("signature-input") ? "rfc9421" : "cavage",
    signedBy: verdict.verified ? verdict.key.id.href : null,
    reason: verdict.verified ? null : verdict.reason.type,
    hasProof: activity.proof != null,
    provenBy: proven?.actorId?.href ?? null,
    problem,
  };
}

process.stdout.write(`${origin}\n`); // whoever started us waits for this line
process.stdin.on("end", () => process.exit(0)).resume(); // and when they are gone, so are we
