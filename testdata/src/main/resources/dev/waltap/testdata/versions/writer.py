"""Runs statements by this Python's sqlite3; the commands are those of JdbcWriterMain."""
import os, sqlite3, sys

connections = {}
sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
print("version", *sqlite3.connect(":memory:").execute("SELECT sqlite_version(), sqlite_source_id()").fetchone())
for line in sys.stdin:
    words = line.rstrip("\n").split(" ", 2)
    try:
        if words[0] == "sql":
            connections[words[1]].execute(words[2]).fetchall()
        elif words[0] == "open":
            connections[words[1]] = sqlite3.connect(words[2], isolation_level=None)
        elif words[0] == "close":
            connections.pop(words[1]).close()
        else:
            print(line.rstrip("\n"))
    except sqlite3.Error as e:
        print("error", str(e).replace("\n", " "))
os._exit(0)
