#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Receives the changes that Waltap posts, and prints one line for each.

    python3 webhook.py 8080 key.txt
    waltap cdc app.db --output http://127.0.0.1:8080/ --hmac-key @key.txt

The key is optional; with it, what is not signed by it within five minutes is refused.

Any 2xx means delivered; after anything else, or none, the same batch comes again, with the same Idempotency-Key.
"""
import hashlib, hmac, http.server, json, sys, time

def is_signed(key, headers, body):
    sent = headers["Waltap-Timestamp"] or "0"
    digest = hmac.new(key, sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    recent = abs(time.time() - int(sent)) < 300
    return recent and hmac.compare_digest("sha256=" + digest, headers["Waltap-Signature"] or "")

class Hook(http.server.BaseHTTPRequestHandler):
    done = None
    key = open(sys.argv[2], "rb").read().rstrip(b"\r\n") if len(sys.argv) > 2 else None
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Hook.key and not is_signed(Hook.key, self.headers, body):
            self.send_error(401)
            return
        batch = json.loads(body)
        if self.headers["Idempotency-Key"] != Hook.done:
            for change in batch["changes"]:
                print(change["operation"], change["table"], json.dumps(change["key"]), flush=True)
        Hook.done = self.headers["Idempotency-Key"]
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
