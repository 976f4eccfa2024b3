// Lets masto, the library of Elk and Phanpy, loose on a node: `node masto_checks.mjs ORIGIN TOKEN STORY`.
// What it saw goes out as one line of JSON; what it could not do ends it with a word on why.

import { createRestAPIClient, createStreamingAPIClient, createOAuthAPIClient } from "masto";

const [origin, token, story] = process.argv.slice(2);
const rest = createRestAPIClient({ url: origin, accessToken: token });
const PATIENCE = 10_000;

const patience = setTimeout(() => {
  console.error("masto_checks: out of patience");
  process.exit(1);
}, PATIENCE);

async function streamingAddress() {
  return (await rest.v2.instance.fetch()).configuration.urls.streaming;
}

/** The next event of a stream that is of this kind and, where asked, about this post. */
async function next(events, kind, id) {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`the stream ended before ${kind}`);
    if (value.event === kind && (id == null || value.payload === id || value.payload.id === id)) return value.payload;
  }
}

const stories = {
  /** Write, read, deal with it, change and delete it, all through REST. */
  async rest() {
    const me = await rest.v1.accounts.verifyCredentials();
    const status = await rest.v1.statuses.create({
      status: "Hello from #mastojs",
      visibility: "public",
      poll: { options: ["one", "two"], expiresIn: 3600, multiple: true },
    });
    const $status = rest.v1.statuses.$select(status.id);
    const favourited = await $status.favourite();
    const bookmarked = await $status.bookmark();
    const edited = await $status.update({ status: "Hello again from #mastojs" });
    const source = await $status.source.fetch();
    const mine = await rest.v1.accounts.$select(me.id).statuses.list({ limit: 1 });
    const pages = [];
    for await (const page of rest.v1.accounts.$select(me.id).statuses.list({ limit: 2 })) {
      pages.push(page.length);
      if (pages.length === 3) break;
    }
    const deleted = await $status.remove();
    let gone = null;
    try {
      await $status.fetch();
    } catch (error) {
      gone = { name: error.name, statusCode: error.statusCode, message: error.message };
    }
    return {
      username: me.username,
      options: status.poll?.options.map((option) => option.title),
      multiple: status.poll?.multiple,
      tags: status.tags.map((tag) => tag.name),
      favourited: favourited.favourited,
      bookmarked: bookmarked.bookmarked,
      source: source.text,
      edited: edited.editedAt !== null,
      newest: mine[0]?.id === status.id,
      pages,
      text: deleted.text,
      gone,
    };
  },

  /** Hear over one WebSocket, the token in its subprotocol, what is written meanwhile. */
  async streaming() {
    const streaming = createStreamingAPIClient({ streamingApiUrl: await streamingAddress(), accessToken: token });
    const user = streaming.user.subscribe();
    const tagged = streaming.hashtag.subscribe({ tag: "mastolive" });
    const [home, tag] = [user[Symbol.asyncIterator](), tagged[Symbol.asyncIterator]()];
    let open = false;
    const opened = Promise.all([next(home, "update"), next(tag, "update")]).then(() => (open = true));
    while (!open) {
      await rest.v1.statuses.create({ status: "Knock, knock #mastolive" }); // masto connects when it pleases
      await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, 100))]);
    }
    const status = await rest.v1.statuses.create({ status: "Live #mastolive" });
    const [atHome, byTag] = await Promise.all([next(home, "update", status.id), next(tag, "update", status.id)]);
    await rest.v1.statuses.$select(status.id).update({ status: "Live, edited #mastolive" });
    const edited = await next(home, "status.update", status.id);
    await rest.v1.statuses.$select(status.id).remove();
    const deleted = await next(home, "delete", status.id);
    user.unsubscribe();
    tagged.unsubscribe();
    streaming.close();
    return {
      home: atHome.content,
      tag: byTag.content,
      edited: edited.content,
      deleted: deleted === status.id,
    };
  },

  /** A token that is none is told so, and by its name. */
  async refused() {
    try {
      await rest.v1.accounts.verifyCredentials();
      return { name: null };
    } catch (error) {
      return { name: error.name, statusCode: error.statusCode };
    }
  },

  /** An app registers and gets a token of its own. */
  async app() {
    const app = await createRestAPIClient({ url: origin }).v1.apps.create({
      clientName: "masto",
      redirectUris: "urn:ietf:wg:oauth:2.0:oob",
      scopes: "read write",
    });
    const oauth = createOAuthAPIClient({ url: origin });
    const granted = await oauth.token.create({
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      redirectUri: "urn:ietf:wg:oauth:2.0:oob",
      grantType: "client_credentials",
      scope: "read",
    });
    const known = await createRestAPIClient({ url: origin, accessToken: granted.accessToken }).v1.apps.verifyCredentials();
    return { name: known.name, scope: granted.scope, type: granted.tokenType };
  },
};

try {
  console.log(JSON.stringify(await stories[story]()));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
clearTimeout(patience);
