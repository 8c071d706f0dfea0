#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Receives the changes that Waltap posts, and prints one line for each.

    python3 webhook.py 8080
    waltap cdc app.db --output http://127.0.0.1:8080/

Any 2xx means delivered; after anything else, or none, the same batch comes again, with the same Idempotency-Key.
"""
import http.server, json, sys

class Hook(http.server.BaseHTTPRequestHandler):
    done = None
    def do_POST(self):
        batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Idempotency-Key"] != Hook.done:
            for change in batch["changes"]:
                print(change["operation"], change["table"], json.dumps(change["key"]), flush=True)
        Hook.done = self.headers["Idempotency-Key"]
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
