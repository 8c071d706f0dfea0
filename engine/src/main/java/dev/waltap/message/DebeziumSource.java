// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Where a change comes from, as Debezium says it, and whether from a snapshot: rows of a table that
 * follow its BOOTSTRAP in the same transaction do. For one thread.
 */
final class DebeziumSource {
  private static final String CONNECTOR = "sqlite";

  /** Stands for the name of a database that has none. */
  private static final String NO_NAME = "waltap";

  private final String version;

  /** The table whose rows are read in this transaction; null before the first one. */
  private @Nullable String bootstrapped;

  /** Whether something of the snapshot was emitted. */
  private boolean begun;

  DebeziumSource(String version) {
    this.version = version;
  }

  /** Another transaction begins. */
  void begin() {
    bootstrapped = null;
    begun = false;
  }

  /** The rows of a table follow. */
  void bootstrap(String table) {
    bootstrapped = table;
  }

  /** Whether an inserted row was there before, and is only read. */
  boolean isRead(Change change) {
    return change.table().equals(bootstrapped);
  }

  /** The database's name. */
  static String database(Change change) {
    String name = change.source().database();
    return name.isEmpty() ? NO_NAME : JsonText.wellFormed(name);
  }

  DataStruct struct(Change change) {
    DebeziumTime seen = DebeziumTime.of(change.timestamp());
    String database = database(change);
    Position position = change.position();
    String stream = change.source().stream();
    return new DataStruct(
        DebeziumSchemas.SOURCE,
        version,
        CONNECTOR,
        database,
        seen.millis(),
        snapshot(change),
        database,
        "[\"" + position.epoch() + "\",\"" + position.frame() + "\",\"" + position.index() + "\"]",
        seen.micros(),
        seen.nanos(),
        JsonText.wellFormed(change.table()),
        stream.isEmpty() ? null : stream,
        position.toString());
  }

  private String snapshot(Change change) {
    if (!isRead(change)) {
      return "false";
    }
    boolean first = !begun;
    begun = true;
    return change.transaction().last() ? "last" : first ? "first" : "true";
  }
}
