"""Other servers' authors, each with a key of its own, and the signed Creates they send."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from scattershot.domain.microblog import Profile, VerifyKey
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.wire.signatures import sign
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.keys import generate_rsa, load_private, public_pem

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
    },
]


class Author(NamedTuple):
    """Somebody who writes at `host`, with the private key in PEM."""

    host: str
    name: str
    private: str

    @property
    def id(self) -> str:
        """Its address."""
        return f"http://{self.host}/users/{self.name}"

    def profile(self) -> Profile:
        """What its own server says of it, as we would have read it."""
        key = VerifyKey(f"{self.id}#main-key", "rsa", public_pem(load_private(self.private)))
        doors = {"inbox": f"{self.id}/inbox", "outbox": f"{self.id}/outbox"}
        doors["shared_inbox"] = f"http://{self.host}/inbox"
        return Profile(
            id=WireId(ACTIVITYPUB, self.id),
            name=self.name,
            domain=self.host,
            display_name=self.name.title(),
            url=f"http://{self.host}/@{self.name}",
            doors=doors,
            keys=(key,),
        )

    def documents(self) -> dict[str, bytes]:
        """Its actor, WebFinger and empty outbox, by URL without scheme."""
        bare = self.id.removeprefix("http://")
        actor = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "inbox": f"{self.id}/inbox",
            "outbox": f"{self.id}/outbox",
            "endpoints": {"sharedInbox": f"http://{self.host}/inbox"},
            "publicKey": {
                "id": f"{self.id}#main-key",
                "owner": self.id,
                "publicKeyPem": public_pem(load_private(self.private)),
            },
        }
        outbox = {"id": f"{self.id}/outbox", "type": "OrderedCollection", "totalItems": 0, "orderedItems": []}
        subject = f"acct:{self.name}@{self.host}"
        finger = {
            "subject": subject,
            "links": [{"rel": "self", "type": "application/activity+json", "href": self.id}],
        }
        documents = {bare: actor, f"{bare}/outbox": outbox}
        for spelled in (subject, subject.replace(":", "%3A").replace("@", "%40")):
            documents[f"{self.host}/.well-known/webfinger?resource={spelled}"] = finger
        return {url: msgspec.json.encode(document) for url, document in documents.items()}


def authors(count: int, port: int) -> list[Author]:
    """So many authors, each on a host of its own."""
    with ThreadPoolExecutor(2) as pool:
        keys = list(pool.map(lambda _: generate_rsa(), range(count)))
    return [Author(f"127.0.1.{n}:{port}", f"author{n}", key) for n, key in enumerate(keys, 1)]


def create(author: Author, number: int, at: int) -> bytes:
    """A public post of a few sentences with a link, a hashtag and a mention, in the shape that Mastodon sends."""
    note = f"{author.id}/statuses/{number}"
    cc = [f"{author.id}/followers"]
    content = (
        f"<p>Entry {number}. The fog came in so low this morning that the cranes stood in it up to their knees &amp; "
        f'looked like herons.</p><p>More: <a href="https://example.org/2026/fog?n={number}" target="_blank" '
        'rel="nofollow noopener" translate="no"><span class="invisible">https://</span><span class="ellipsis">'
        'example.org/2026/fog</span></a> <a href="http://'
        f'{author.host}/tags/fog" class="mention hashtag" rel="tag">#<span>fog</span></a></p>'
    )
    page = {"type": "CollectionPage", "partOf": f"{note}/replies", "items": []}
    return msgspec.json.encode(
        {
            "@context": _CONTEXT,
            "id": f"{note}/activity",
            "type": "Create",
            "actor": author.id,
            "published": rfc3339(at),
            "to": [PUBLIC],
            "cc": cc,
            "object": {
                "id": note,
                "type": "Note",
                "summary": None,
                "inReplyTo": None,
                "published": rfc3339(at),
                "url": f"http://{author.host}/@{author.name}/{number}",
                "attributedTo": author.id,
                "to": [PUBLIC],
                "cc": cc,
                "sensitive": False,
                "atomUri": note,
                "conversation": f"tag:{author.host},2026-11-20:objectId={number}:objectType=Conversation",
                "content": content,
                "contentMap": {"en": content},
                "attachment": [],
                "tag": [{"type": "Hashtag", "href": f"http://{author.host}/tags/fog", "name": "#fog"}],
                "replies": {"id": f"{note}/replies", "type": "Collection", "first": page},
            },
        }
    )


def signed(author: Author, inbox: str, body: bytes, at: int) -> bytes:
    """The whole HTTP/1.1 request, signed with the author's key (draft-cavage, rsa-sha256)."""
    headers = Headers(
        (
            ("user-agent", f"http.rb/5.1 (Mastodon/4.4.0; +http://{author.host}/)"),
            ("content-type", "application/activity+json"),
            ("accept-encoding", "gzip"),
        )
    )
    request = sign(Request("POST", inbox, headers, body), f"{author.id}#main-key", load_private(author.private), at)
    target = "/" + inbox.split("/", 3)[3]
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
    return f"POST {target} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body


def requests(people: list[Author], inbox: str, count: int, at: int) -> list[bytes]:
    """So many different Creates, by the authors in turn, ready to be sent."""

    def one(number: int) -> bytes:
        author = people[number % len(people)]
        return signed(author, inbox, create(author, number, at), at)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(count)))
