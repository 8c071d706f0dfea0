#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies changesets to a copy of a database, each as one transaction, in the order in which they are given.

    waltap cdc app.db --state waltap-state --format changeset --output changes
    python3 apply-changesets.py copy.db changes/*.changeset

The copy needs the same tables; its triggers do not run, since what they did in the original is in the changesets, too.
With --strict, a row that is not as it was in the original is an error; without, it becomes as it is there, so that
a changeset may be applied again. Needs an SQLite library with the session extension, as Debian's.
"""
import ctypes, ctypes.util, sys

sqlite = ctypes.CDLL(ctypes.util.find_library("sqlite3") or "libsqlite3.so.0")
OMIT, REPLACE, ABORT = 0, 1, 2
DATA, NOTFOUND, CONFLICT = 1, 2, 3
ENABLE_TRIGGER = 1003
strict = "--strict" in sys.argv
words = [word for word in sys.argv[1:] if word != "--strict"]
if len(words) < 2:
    sys.exit("usage: apply-changesets.py [--strict] COPY.DB CHANGESET...")
copy, *files = words
sqlite.sqlite3_errstr.restype = ctypes.c_char_p
missing = set()

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
def on_conflict(_context, kind, _change):
    return ABORT if strict else {DATA: REPLACE, CONFLICT: REPLACE, NOTFOUND: OMIT}.get(kind, ABORT)

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)
def note_missing(_context, table):
    if sqlite.sqlite3_table_column_metadata(db, None, table, None, None, None, None, None, None):
        missing.add(table.decode())
    return 1

def check(result, what):
    if result:
        sys.exit(f"{what}: {sqlite.sqlite3_errstr(result).decode()}; nothing of it was applied")

db = ctypes.c_void_p()
check(sqlite.sqlite3_open(copy.encode(), ctypes.byref(db)), copy)
sqlite.sqlite3_busy_timeout(db, 10_000)
sqlite.sqlite3_db_config(db, ENABLE_TRIGGER, 0, None)
for file in files:
    with open(file, "rb") as changes:
        changeset = changes.read()
    check(sqlite.sqlite3_exec(db, b"BEGIN", None, None, None), copy)
    check(sqlite.sqlite3changeset_apply(db, len(changeset), changeset, note_missing, on_conflict, None), file)
    if missing:
        sys.exit(f"{file}: the copy has no table {', '.join(sorted(missing))}: make it as in the original; nothing of it was applied")
    check(sqlite.sqlite3_exec(db, b"COMMIT", None, None, None), copy)
sqlite.sqlite3_close(db)
