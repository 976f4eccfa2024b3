// A subscriber by the npm package `pubsubhubbub`: says where it listens, subscribes to TOPIC at HUB, and tells all it
// hears as lines of JSON. It ends when its standard input does.
import { createServer } from "node:http";
import pubsubhubbub from "pubsubhubbub";

const [topic, hub] = process.argv.slice(2);
const server = createServer((request, response) => client._onRequest(request, response));
const say = (what, told) => process.stdout.write(`${JSON.stringify({ what, ...told })}\n`);
let client;

server.listen(0, "127.0.0.1", () => {
  client = pubsubhubbub.createServer({ callbackUrl: `http://127.0.0.1:${server.address().port}/back`, secret: "a secret" });
  client.on("error", (error) => say("error", { text: String(error) }));
  client.on("denied", (told) => say("denied", { text: String(told.error ?? told.topic) }));
  client.on("subscribe", (told) => say("subscribe", { topic: told.topic }));
  client.on("unsubscribe", (told) => say("unsubscribe", { topic: told.topic }));
  client.on("feed", (told) => say("feed", { topic: told.topic, text: told.feed.toString(), type: told.headers["content-type"] }));
  const setSubscription = (mode) => client.setSubscription(mode, topic, hub, (error) => error && say("refused", { text: String(error) }));
  setSubscription("subscribe");
  // Version 1.0.2 gives the hub a secret that it derives, and then checks by the one it was given itself.
  import("node:crypto").then(({ createHmac }) => {
    client.secret = createHmac("sha1", "a secret").update(topic).digest("hex");
  });
  process.stdin.on("data", () => setSubscription("unsubscribe")).on("end", () => process.exit(0));
});
