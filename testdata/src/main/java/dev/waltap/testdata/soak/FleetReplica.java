// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.JsonChangeReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Replicas of many databases of one table {@code t(id, v)}, out of one file of JSON lines. A change
 * that comes again changes nothing, as for any consumer of what is delivered at least once. For one
 * thread.
 */
public final class FleetReplica {
  private static final int CHUNK = 4 << 20;

  private final Path file;
  private final Map<String, TreeMap<Long, String>> databases = new HashMap<>();
  private long consumed;
  private long lines;
  private String difference = "";

  /** Replicas out of this file, which need not be there yet. */
  public FleetReplica(Path file) {
    this.file = file;
  }

  /** Takes the whole lines that were added since the last call. */
  public void read() throws IOException {
    if (!file.toFile().exists()) {
      return;
    }
    try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
      boolean more = true;
      while (more) {
        more = take(input);
      }
    }
  }

  private boolean take(RandomAccessFile input) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(input.length() - consumed, CHUNK))];
    input.seek(consumed);
    input.readFully(bytes);
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    consumed += whole;
    new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().forEach(this::line);
    return whole > 0;
  }

  private void line(String line) {
    lines++;
    accept(JsonChangeReader.read(line));
  }

  private void accept(Change change) {
    TreeMap<Long, String> rows =
        databases.computeIfAbsent(change.source().database(), name -> new TreeMap<>());
    switch (change.operation()) {
      case SCHEMA -> {}
      case BOOTSTRAP -> rows.clear();
      default -> {
        Row before = change.before();
        Row after = change.after();
        if (before != null) {
          rows.remove(before.getLong("id"));
        }
        if (after != null) {
          rows.put(after.getLong("id"), String.valueOf(after.getString("v")));
        }
      }
    }
  }

  /** Whether it is equal to the database of this name. */
  public boolean isEqual(String name, Path database) throws SQLException {
    TreeMap<Long, String> there = new TreeMap<>();
    try (Connection connection = TestDatabase.open(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, v FROM t")) {
      while (row.next()) {
        there.put(row.getLong(1), String.valueOf(row.getString(2)));
      }
    }
    boolean equal = there.equals(databases.getOrDefault(name, new TreeMap<>()));
    difference = equal ? "" : "has " + there + ", emitted " + databases.get(name);
    return equal;
  }

  /** What differed when it was compared last. */
  public String difference() {
    return difference;
  }

  /** How many events were read. */
  public long lines() {
    return lines;
  }
}
