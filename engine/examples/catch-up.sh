#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From cron: every change since the last run, appended to a file as JSON lines. Nothing runs in between, and
# nothing is missed: what the WAL no longer holds comes as net changes. The first run only begins.
#
#   */5 * * * * /opt/waltap/examples/catch-up.sh /srv/app/app.db /srv/app/changes.jsonl
#
# It says nothing unless something is wrong, so that cron mails nothing else. A run that finds the one before
# still at work is refused.
set -eu
database=$1 changes=$2
waltap=${WALTAP:-waltap} # or: WALTAP='java -jar …/waltap.jar'

exec $waltap cdc "$database" --state "$database-waltap" --once --quiet --output "$changes"
