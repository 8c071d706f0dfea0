#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies changesets to a copy of a database, each as one transaction, in the order in which they are given.

    waltap cdc app.db --state waltap-state --format changeset --output changes
    python3 apply-changesets.py copy.db changes/*.changeset

With --strict, a row that is not as it was in the original is an error; without, it becomes as it is there, so that
a changeset may be applied again. Needs an SQLite library with the session extension, as Debian's.
"""
import ctypes, ctypes.util, sys

sqlite = ctypes.CDLL(ctypes.util.find_library("sqlite3") or "libsqlite3.so.0")
OMIT, REPLACE, ABORT = 0, 1, 2
DATA, NOTFOUND, CONFLICT = 1, 2, 3
strict = "--strict" in sys.argv
copy, *files = [word for word in sys.argv[1:] if word != "--strict"]

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
def on_conflict(_context, kind, _change):
    return ABORT if strict else {DATA: REPLACE, CONFLICT: REPLACE, NOTFOUND: OMIT}.get(kind, ABORT)

db = ctypes.c_void_p()
sqlite.sqlite3_open(copy.encode(), ctypes.byref(db))
sqlite.sqlite3_busy_timeout(db, 10_000)
for file in files:
    changeset = open(file, "rb").read()
    if sqlite.sqlite3changeset_apply(db, len(changeset), changeset, None, on_conflict, None):
        sqlite.sqlite3_errmsg.restype = ctypes.c_char_p
        sys.exit(f"{file}: {sqlite.sqlite3_errmsg(db).decode()}")
sqlite.sqlite3_close(db)
