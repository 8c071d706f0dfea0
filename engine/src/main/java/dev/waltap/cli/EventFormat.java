// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** How events are written. */
enum EventFormat {
  JSON,
  TEXT,
  DEBEZIUM,
  SQL,
  CHANGESET
}
