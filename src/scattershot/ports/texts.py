"""What the door for WebSockets understands beyond ASGI: many messages said at once.

An application may send `{"type": TEXTS, "texts": [...]}` where the scope's `extensions` name `TEXTS`: each of the texts
is a message of its own, in that order. Said one by one, twenty messages cost several times as much.
"""

TEXTS = "scattershot.texts"
