#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies changesets to a copy of a database, each as one transaction, in the order in which they are given.

    waltap cdc app.db --state waltap-state --format changeset --output changes
    python3 apply-changesets.py copy.db changes/*.changeset

The copy needs the same tables; its triggers do not run, since what they did in the original is in the changesets, too.
With --strict, a row that is not as it was in the original is an error; without, it becomes as it is there, so that
a changeset may be applied again. Rows that exchange values of a UNIQUE column are taken out first, and put back
last, since SQLite checks each row by itself. Needs an SQLite library with the session extension, as Debian's.
"""
import ctypes, ctypes.util, sys

sqlite = ctypes.CDLL(ctypes.util.find_library("sqlite3") or "libsqlite3.so.0")
OMIT, REPLACE, ABORT = 0, 1, 2
DATA, NOTFOUND, CONFLICT, CONSTRAINT = 1, 2, 3, 4
ROW, DELETE = 100, 9
ENABLE_TRIGGER = 1003
strict = "--strict" in sys.argv
words = [word for word in sys.argv[1:] if word != "--strict"]
if len(words) < 2:
    sys.exit("usage: apply-changesets.py [--strict] COPY.DB CHANGESET...")
copy, *files = words
sqlite.sqlite3_errstr.restype = ctypes.c_char_p
missing = set()

for function in ("sqlite3_value_dup", "sqlite3_column_value"):
    getattr(sqlite, function).restype = ctypes.c_void_p
set_aside = []  # rows to be put back when all others are as they are to be: (table, columns, values)

def run(sql, values):
    """Runs a statement with these values, and returns a copy of the values of its first row."""
    statement, row = ctypes.c_void_p(), []
    check(sqlite.sqlite3_prepare_v2(db, sql.encode(), -1, ctypes.byref(statement), None), sql)
    for index, value in enumerate(values, 1):
        sqlite.sqlite3_bind_value(statement, index, ctypes.c_void_p(value))
    result = sqlite.sqlite3_step(statement)
    if result == ROW:
        count = sqlite.sqlite3_column_count(statement)
        row = [sqlite.sqlite3_value_dup(ctypes.c_void_p(sqlite.sqlite3_column_value(statement, i))) for i in range(count)]
    result = sqlite.sqlite3_finalize(statement)
    return result, row

def value_of(get, change, column):
    value = ctypes.c_void_p()
    get(change, column, ctypes.byref(value))
    return value.value

def quoted(name):
    return '"' + name.replace('"', '""') + '"'

def take_out(change):
    """The row of a change that breaks a constraint, as it is to be: removed for now, and remembered."""
    table, columns, operation = ctypes.c_char_p(), ctypes.c_int(), ctypes.c_int()
    sqlite.sqlite3changeset_op(change, ctypes.byref(table), ctypes.byref(columns), ctypes.byref(operation), None)
    if operation.value == DELETE:
        return ABORT
    key, size = ctypes.POINTER(ctypes.c_ubyte)(), ctypes.c_int()
    sqlite.sqlite3changeset_pk(change, ctypes.byref(key), ctypes.byref(size))
    name = table.value.decode()
    names = [quoted(each) for each in columns_of(name)][:columns.value]
    new = [value_of(sqlite.sqlite3changeset_new, change, i) for i in range(columns.value)]
    keys = [i for i in range(columns.value) if key[i]]
    old = [value_of(sqlite.sqlite3changeset_old, change, i) or new[i] for i in keys]
    where = " WHERE " + " AND ".join(f"{names[i]} = ?" for i in keys)
    _, row = run(f"SELECT {', '.join(names)} FROM {quoted(name)}{where}", old)
    row = row or [None] * columns.value
    row = [sqlite.sqlite3_value_dup(ctypes.c_void_p(value)) if value else row[i] for i, value in enumerate(new)]
    if None in row:
        return ABORT  # The row that is to be changed is not there.
    run(f"DELETE FROM {quoted(name)}{where}", old)
    set_aside.append((name, names, row))
    return OMIT

def columns_of(table):
    names, statement = [], ctypes.c_void_p()
    sql = f"PRAGMA table_info({quoted(table)})"
    check(sqlite.sqlite3_prepare_v2(db, sql.encode(), -1, ctypes.byref(statement), None), sql)
    sqlite.sqlite3_column_text.restype = ctypes.c_char_p
    while sqlite.sqlite3_step(statement) == ROW:
        names.append(sqlite.sqlite3_column_text(statement, 1).decode())
    sqlite.sqlite3_finalize(statement)
    return names

def put_back():
    for table, names, row in set_aside:
        sql = f"INSERT INTO {quoted(table)}({', '.join(names)}) VALUES({', '.join('?' * len(row))})"
        result, _ = run(sql, row)
        for value in row:
            sqlite.sqlite3_value_free(ctypes.c_void_p(value))
        check(result, f"{file}: a row of {table} does not fit the copy")
    set_aside.clear()

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
def on_conflict(_context, kind, change):
    if kind == CONSTRAINT:
        return take_out(ctypes.c_void_p(change))
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
    put_back()
    if missing:
        sys.exit(f"{file}: the copy has no table {', '.join(sorted(missing))}: make it as in the original; nothing of it was applied")
    check(sqlite.sqlite3_exec(db, b"COMMIT", None, None, None), copy)
sqlite.sqlite3_close(db)
