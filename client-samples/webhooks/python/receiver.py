#!/usr/bin/env python3
"""WEBHOOK_SECRET=whsec_… receiver.py [PORT] [FILE]: receives webhooks on this machine's PORT (3000). FILE (inbox.db) is
an SQLite database with a row for each event: with its body until it is handled, without it afterwards. One process to a
file; Python 3.9 or later.
"""

import http.server
import os
import signal
import sqlite3
import sys
import threading
import time

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

BODY_MAX = 512 * 1024  # an event has 256 KiB, and a third more as base64 in a structured body
DISCARDED_MAX = 4 * 1024 * 1024
WAITING_MAX = int(os.environ.get("WAITING_MAX", "10000"))
AGAIN_SECONDS = 5
KEPT_SECONDS = 4 * 24 * 3600  # longer than a dispatcher tries, so that no attempt of it is new
WORK_SECONDS = int(os.environ.get("WORK_MILLIS", "0")) / 1000


def handle(event_id, body):
    """What your app does with an event. It comes again if this raises, or if the process dies meanwhile. If what it
    changes is in the inbox's database, let both be one transaction: then each event counts once even so."""
    time.sleep(WORK_SECONDS)  # work is slow: see that the answers are not
    print(f"handled {event_id}, {len(body)} bytes: {body[:200].decode(errors='replace')}", flush=True)


class Inbox:
    """Keeps events until they are handled, and their ids for as long as they may come again."""

    def __init__(self, file):
        self.lock = threading.Lock()
        self.woken = threading.Event()
        self.stopping = False
        self.db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")  # an answered event outlives a power cut
        self.db.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, body BLOB, due REAL NOT NULL)")
        self.db.execute("CREATE INDEX IF NOT EXISTS waiting ON event (due) WHERE body IS NOT NULL")
        (self.waiting,) = self.db.execute("SELECT count(*) FROM event WHERE body IS NOT NULL").fetchone()
        self.worker = threading.Thread(target=self.work)
        self.worker.start()

    def accept(self, event_id, body):
        """Returns when the event is safe; false if too many wait."""
        with self.lock:
            if self.waiting >= WAITING_MAX:
                return False
            self.waiting += self.db.execute(
                "INSERT INTO event VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (event_id, body, time.time())
            ).rowcount
        self.woken.set()
        return True

    def work(self):
        forgotten = 0
        while not self.stopping:
            self.woken.clear()
            with self.lock:
                if time.time() - forgotten > 3600:
                    forgotten = time.time()
                    self.db.execute("DELETE FROM event WHERE body IS NULL AND due < ?", (forgotten - KEPT_SECONDS,))
                event = self.db.execute(
                    "SELECT id, body FROM event WHERE body IS NOT NULL AND due <= ? ORDER BY due, rowid LIMIT 1",
                    (time.time(),),
                ).fetchone()
            if event is None:
                self.woken.wait(1)
                continue
            event_id, body = event
            try:
                handle(event_id, body)
            except Exception as failure:  # whatever it is, the others must go on
                print(f"comes again: {failure}", file=sys.stderr, flush=True)
                with self.lock:
                    self.db.execute("UPDATE event SET due = ? WHERE id = ?", (time.time() + AGAIN_SECONDS, event_id))
                continue
            with self.lock:
                self.db.execute("UPDATE event SET body = NULL, due = ? WHERE id = ?", (time.time(), event_id))
                self.waiting -= 1

    def close(self):
        """Waits for what is being handled. What waits is in the file."""
        self.stopping = True
        self.woken.set()
        self.worker.join()
        self.db.close()


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 30
    webhook = None
    inbox = None

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.answer(411)
            return
        length = int(length)
        if length > BODY_MAX:
            self.rfile.read(min(length, DISCARDED_MAX))  # so that the answer is read
            self.answer(413)
        else:
            self.answer(self.receive(self.rfile.read(length)))

    def receive(self, body):
        """Answers once the event is safe; the work comes after."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self.webhook.verify(body, headers, json_parse=False)  # the bytes as they came: that is what is signed
        except (WebhookVerificationError, ValueError) as refused:
            print(f"refused: {refused}", file=sys.stderr, flush=True)
            return 400
        return 204 if self.inbox.accept(headers["webhook-id"], body) else 503  # the dispatcher comes again

    def answer(self, status):
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "60")
        self.send_header("Connection", "close")  # HTTP/1.0 alone does not tell all clients
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for them
    request_queue_size = 128


def main(port="3000", file="inbox.db"):
    if not os.environ.get("WEBHOOK_SECRET"):
        sys.exit("WEBHOOK_SECRET is not set")
    Receiver.webhook = Webhook(os.environ["WEBHOOK_SECRET"])
    server = Server(("127.0.0.1", int(port)), Receiver)
    Receiver.inbox = Inbox(file)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"receiving on http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()
    server.server_close()
    Receiver.inbox.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
