// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.testdata.oracle.Markers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A replica of the tables that writers fill, light enough to follow a saturated writer: a hash for
 * each row, and the marker. It checks that changes fit what is there. Safe for any thread.
 */
final class LightReplica {
  private final Map<String, RowHashes> tables = new HashMap<>();
  private long marker;
  private long openMarker;

  synchronized void accept(List<Change> batch) {
    for (Change change : batch) {
      accept(change);
      if (change.transaction().last()) {
        marker = openMarker;
      }
    }
    notifyAll();
  }

  private void accept(Change change) {
    openMarker = Math.max(openMarker, Markers.numberIn(change));
    RowHashes rows = tables.computeIfAbsent(change.table(), name -> new RowHashes());
    Row before = change.before();
    Row after = change.after();
    Row key = change.key();
    switch (change.operation()) {
      case SCHEMA -> {}
      case BOOTSTRAP -> tables.put(change.table(), new RowHashes());
      default -> {
        if (key == null) {
          throw new AssertionError(change + " without a key");
        }
        int id = Math.toIntExact(key.getLong(0));
        if (before == null ? rows.contains(id) : !rows.contains(id, hash(before))) {
          throw new AssertionError(change + " does not fit the row that is there");
        }
        if (after == null) {
          rows.remove(id);
        } else {
          rows.put(id, hash(after));
        }
      }
    }
  }

  private static int hash(Row row) {
    int hash = 17;
    for (int i = 0; i < row.size(); i++) {
      hash = hash * 31 + hash(row.getObject(i));
    }
    return hash;
  }

  private static int hash(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Arrays.hashCode(bytes);
    }
    return value instanceof Integer number
        ? Long.hashCode(number.longValue())
        : Objects.hashCode(value);
  }

  synchronized boolean awaitMarker(long number, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (marker < number) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** What differs from the database, empty if nothing does. */
  synchronized List<String> differences(Path database) throws SQLException {
    List<String> result = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, RowHashes> table : tables.entrySet()) {
        long there = 0;
        long wrong = 0;
        try (ResultSet row = statement.executeQuery("SELECT * FROM " + table.getKey())) {
          int columns = row.getMetaData().getColumnCount();
          while (row.next()) {
            int hash = 17;
            for (int i = 1; i <= columns; i++) {
              hash = hash * 31 + hash(row.getObject(i));
            }
            there++;
            wrong += table.getValue().contains(row.getInt(1), hash) ? 0 : 1;
          }
        }
        long held = table.getValue().size();
        if (wrong > 0 || held != there) {
          result.add(
              table.getKey() + ": " + wrong + " wrong of " + there + " rows, emitted " + held);
        }
      }
    }
    return result;
  }
}
