#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What jq makes of events, a recipe each:
#
#   waltap cdc app.db | ./recipes.sh changed
#
# --unbuffered lets each line through at once.
set -eu
case ${1:-} in
  # The columns of an UPDATE that differ: users {"id":1} {"score":[0.5,1]}
  changed) exec jq --unbuffered -r 'select(.operation == "UPDATE")
      | . as $change
      | [.after | keys_unsorted[] | select($change.before[.] != $change.after[.])
          | {(.): [$change.before[.], $change.after[.]]}]
      | "\($change.table) \($change.key | tojson) \(add | tojson)"' ;;

  # Rows as they are now, as tab-separated values, deleted ones left out.
  rows) exec jq --unbuffered -r 'select(.after and .operation != "SCHEMA") | [.table, .after[]] | @tsv' ;;

  # One line a transaction: 2:17 {"orders INSERT":1,"products UPDATE":1}
  transactions) exec jq --unbuffered -c -n -r 'foreach inputs as $change ({counts: {}, done: null};
      (if .done then .counts = {} else . end)
      | .counts["\($change.table) \($change.operation)"] += 1
      | .done = (if $change.transaction.last then $change.transaction.id else null end);
      select(.done) | "\(.done) \(.counts | tojson)")' ;;

  # How often each table changes, when the input ends.
  counts) exec jq -n -r 'reduce inputs as $change ({}; .[$change.table] += 1)
      | to_entries | sort_by(-.value)[] | "\(.value)\t\(.key)"' ;;

  *) echo "usage: recipes.sh changed|rows|transactions|counts < events" >&2; exit 2 ;;
esac
