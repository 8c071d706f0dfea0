// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.SqlProcess;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link ChannelRegistry} is for, seen from another process: an application's locks survive
 * our reading. The companions open and close plain channels instead, and show that the checks can
 * fail.
 */
@Tag("slow")
class LockSafetyTest {

  private static final String TRUNCATE = "PRAGMA wal_checkpoint(TRUNCATE)";

  private CountedDatabase database;

  @BeforeEach
  void openReadTransaction(@TempDir Path directory) throws SQLException {
    database = new CountedDatabase(directory.resolve("a.db"), 4096);
    database.write(10);
    database.execute("BEGIN");
    assertThat(database.counter()).isEqualTo(10);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void ourReadingLeavesLocksOnBothFiles() throws Exception {
    for (int i = 0; i < 3; i++) {
      useRegistry();
    }
    assertThat(truncatingElsewhereIsRefused()).isTrue();
    assertThat(connectionsLockStands()).isTrue();
  }

  @Test
  void interruptedReadingLeavesLocksOnBothFiles() throws Exception {
    DatabaseFile file = ChannelRegistry.acquireDatabase(database.path());
    byte[] page = new byte[4096];
    try {
      Thread.currentThread().interrupt();
      assertThat(file.read(0, page, 0, page.length)).isEqualTo(page.length);
      SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
      memory.copy(0, page, 0, 136);
      memory.release();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(file.read(0, page, 0, page.length)).isEqualTo(page.length);
    file.release();
    assertThat(truncatingElsewhereIsRefused()).isTrue();
    assertThat(connectionsLockStands()).isTrue();
  }

  @Test
  void aPlainChannelOnSharedMemoryWouldDropTheReadLock() throws Exception {
    openReadClose(database.shm());
    assertThat(truncatingElsewhereIsRefused()).isFalse();
  }

  @Test
  void aPlainChannelOnTheDatabaseWouldDropTheConnectionsLock() throws Exception {
    openReadClose(database.path());
    assertThat(connectionsLockStands()).isFalse();
  }

  @Test
  void aPlainChannelOnTheWalIsHarmless() throws Exception {
    openReadClose(database.wal());
    assertThat(truncatingElsewhereIsRefused()).isTrue();
    assertThat(connectionsLockStands()).isTrue();
  }

  private void useRegistry() throws Exception {
    byte[] bytes = new byte[136];
    DatabaseFile file = ChannelRegistry.acquireDatabase(database.path());
    SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
    assertThat(file.read(0, bytes, 0, 100)).isEqualTo(100);
    memory.copy(0, bytes, 0, bytes.length);
    memory.release();
    file.release();
  }

  private static void openReadClose(Path path) throws Exception {
    try (FileChannel channel = FileChannel.open(path)) {
      assertThat(channel.read(ByteBuffer.allocate(100))).isEqualTo(100);
    }
  }

  private boolean truncatingElsewhereIsRefused() {
    List<String> busy =
        SqlProcess.run(
            database.path(),
            "PRAGMA busy_timeout=0",
            "SELECT count(*) FROM item",
            TRUNCATE,
            "HALT");
    assertThat(busy).hasSize(3);
    return busy.get(2).equals("1");
  }

  // Who can take this lock while disconnecting takes himself for the last one, and deletes the WAL.
  private boolean connectionsLockStands() {
    List<String> lines =
        SqlProcess.run(database.path(), "SELECT count(*) FROM item", "CLOSE", "EXCLUSIVE");
    assertThat(lines).hasSize(2).startsWith("10");
    return lines.get(1).equals("locked") && Files.exists(database.wal());
  }
}
