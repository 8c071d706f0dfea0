// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.WalTail.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A database that is written to, and a tail that stood at its end when the test began. */
abstract class TailTestCase {
  static final int PAGE_SIZE = 1024;
  static final int ALL = Integer.MAX_VALUE;

  @TempDir Path directory;
  CountedDatabase database;
  private SharedMemory memory;
  WalIndex index;
  WalTail tail;
  PageCollector sink;

  @BeforeEach
  void open() throws Exception {
    open("");
  }

  final void open(String parameters) throws Exception {
    database =
        new CountedDatabase(directory.resolve("t" + parameters.length()), PAGE_SIZE, parameters);
    memory = ChannelRegistry.acquireSharedMemory(database.shm());
    index = new WalIndex(memory);
    tail = newTail();
    sink = new PageCollector(PAGE_SIZE);
    tail.startAt(now());
  }

  @AfterEach
  void close() throws Exception {
    tail.close();
    database.close();
    memory.release();
  }

  final WalTail newTail() throws Exception {
    return new WalTail(index, WalFile.open(database.wal(), PAGE_SIZE));
  }

  final WalPosition now() {
    WalIndexHeader header = new WalIndexHeader();
    assertThat(index.read(header)).isTrue();
    return WalPosition.of(header);
  }

  final Outcome poll() {
    return tail.poll(sink, ALL);
  }

  final void checkpoint(String mode) throws SQLException {
    assertThat(database.query("PRAGMA wal_checkpoint(" + mode + ")")).isEqualTo("0");
  }

  /** Makes an empty generation: one that a transaction began, spilled into, and rolled back. */
  final void rollBackSpilled(int rows) throws SQLException {
    database.execute("PRAGMA cache_size=5");
    database.execute("BEGIN");
    database.execute(insertRows(rows));
    database.execute("ROLLBACK");
  }

  /** A statement that inserts so many rows, of a page each. */
  static String insertRows(int rows) {
    return "WITH r(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM r WHERE i<"
        + rows
        + ") INSERT INTO item(v) SELECT randomblob(900) FROM r";
  }
}
