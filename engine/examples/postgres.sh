#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Into PostgreSQL: every change since the last run, into a table of jsonb, each exactly once.
#
#   ./postgres.sh app.db postgresql://localhost/warehouse       # once, or from cron
#   psql -d … -c "SELECT event -> 'after' FROM changes WHERE event ->> 'table' = 'users'"
#
# Changes go to a file first, and the file is removed when they are committed there: if anything fails in
# between, it is loaded again, and what is there already is left out. jsonb holds no text with a NUL character.
set -eu
database=$1 url=$2 file=$1.changes.jsonl
waltap=${WALTAP:-waltap}

$waltap cdc "$database" --state "$database-waltap" --once --quiet --output "$file"
[ -s "$file" ] || exit 0
# One column, which no quote and no delimiter divides: JSON has no such characters.
PGCLIENTENCODING=UTF8 psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d "$url" \
  -c "SET client_min_messages = warning" \
  -c "CREATE TABLE IF NOT EXISTS changes(stream text, position text, event jsonb, PRIMARY KEY (stream, position))" \
  -c "CREATE TEMPORARY TABLE loaded(event jsonb)" \
  -c "\\copy loaded FROM pstdin WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')" \
  -c "INSERT INTO changes SELECT event #>> '{source,stream}', event ->> 'position', event FROM loaded
      ON CONFLICT DO NOTHING" < "$file"
rm "$file"
