#!/usr/bin/env python3
"""subscribe.py [URL] [CHANNEL]: prints each event in a line. Python 3.9 or later, nothing else."""

import http.client
import json
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def subscribe(url, channel, cursor=None, token=None, heartbeat=15):
    """Yields (kind, message) without end: "ready", "message" and "gap". Whatever breaks, it goes on after the last
    cursor, which is the "id" of a message and the "cursor" of the others. What the gateway refuses for good is raised.
    """
    failures = 0
    while True:
        delay = None
        query = {"channel": channel, "format": "json", "heartbeat": heartbeat}
        if cursor:
            query["cursor"] = cursor
        request = urllib.request.Request(f"{url}/v1/events?{urllib.parse.urlencode(query)}")
        request.add_header("Accept", "text/event-stream")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            # silence for twice a heartbeat: the connection is dead
            with urllib.request.urlopen(request, timeout=2 * heartbeat) as stream:
                for block in blocks(stream):
                    delay = block.get("retry", delay)
                    kind = block.get("event", "message")
                    if kind in ("ready", "message", "gap") and "data" in block:
                        failures = 0
                        yield kind, json.loads(block["data"])
                    cursor = block.get("id", cursor)
        except urllib.error.HTTPError as refused:
            if refused.headers.get_content_type() == "application/problem+json" and refused.code < 500:
                raise
        except (OSError, http.client.HTTPException):
            delay = None
        if delay is None:
            delay = random.random() * min(20_000, 500 * 2**failures)
            failures = min(failures + 1, 10)
        time.sleep(delay / 1000)


def blocks(stream):
    """Server-sent events, each as a dictionary of its fields."""
    block = {}
    for line in stream:
        line = line.decode().rstrip("\r\n")
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if not line:
            yield block
            block = {}
        elif name == "data" and "data" in block:
            block["data"] += "\n" + value
        elif name == "retry":
            block["retry"] = int(value)
        elif name:
            block[name] = value


def main(url="http://localhost:8080", channel="orders.*"):
    for kind, message in subscribe(url, channel):
        if kind == "message":
            print(message["channel"], json.dumps(message.get("data"), separators=(",", ":")), flush=True)
        elif kind == "gap":  # here an app reads its state anew
            print("gap: {reason}, {topic}/{partition} from {from} to {to}".format(**message), flush=True)
        else:
            print("live", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except urllib.error.HTTPError as refused:
        sys.exit(refused.read().decode())
    except KeyboardInterrupt:
        pass
