"""A peer by Flask-WebSub, another's hub, publisher and subscriber: what it is told to do comes by its standard input as
lines of JSON, and what becomes of it goes out the same way. It ends when its input does.

Its first line says where it is. The hub wants Celery to do things later: here threads do.
"""

import json
import sys
import threading
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Flask, render_template_string
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.publisher import init_publisher, publisher
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import make_server

FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Another's blog</title><link>{{ home }}</link><description/>
<atom:link rel="self" href="{{ websub_self_url }}"/><atom:link rel="hub" href="{{ websub_hub_url }}"/>
{% for guid, text, date in entries %}<item><guid isPermaLink="false">{{ guid }}</guid><pubDate>{{ date }}</pubDate>
<description>{{ text }}</description></item>{% endfor %}</channel></rss>"""


class Threads:
    """Does what a Celery application would."""

    class Later:
        def __init__(self, work, bound):
            self.work, self.bound, self.retries = work, bound, 0
            self.request = self

        def delay(self, *given):
            threading.Thread(target=self.work, args=(*((self,) if self.bound else ()), *given), daemon=True).start()

        def retry(self, countdown):
            say("failed", countdown=countdown)

    def task(self, bind=False, **_):
        return lambda work: self.Later(work, bind)


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


def main(folder):
    app, entries = Flask(__name__), []
    server = make_server("127.0.0.1", 0, app, threaded=True)
    home = f"http://127.0.0.1:{server.server_port}"
    app.config.update(SERVER_NAME=home.removeprefix("http://"), HUB_URL=f"{home}/hub")
    hub = Hub(SQLite3HubStorage(f"{folder}/hub.sqlite"), Threads())
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    subscriber = Subscriber(
        SQLite3SubscriberStorage(f"{folder}/kept.sqlite"), SQLite3TempSubscriberStorage(f"{folder}/asked.sqlite")
    )
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/back"))
    init_publisher(app)
    subscriber.add_success_handler(lambda topic, id_, mode: say(mode, topic=topic, id=id_))
    subscriber.add_error_handler(lambda topic, id_, why: say("denied", topic=topic, why=why))
    subscriber.add_listener(lambda topic, id_, body: say("told", topic=topic, body=body.decode()))

    @app.route("/feed.xml")
    @publisher()
    def feed():
        return render_template_string(FEED, entries=entries, home=home), {"content-type": "application/rss+xml"}

    threading.Thread(target=server.serve_forever, daemon=True).start()
    say("ready", home=home, subscribed=None)
    for line in sys.stdin:
        told = json.loads(line)
        with app.app_context():
            if told["do"] == "publish":
                date = format_datetime(datetime.now(UTC))
                entries.insert(0, (f"entry-{len(entries)}", told["text"], date))
                hub.send_change_notification.delay(f"{home}/feed.xml")
            elif told["do"] == "subscribe":
                subscriber.subscribe(**discover(told["feed"]))
            elif told["do"] == "unsubscribe":
                subscriber.unsubscribe(told["id"])


main(sys.argv[1])
