// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import dev.waltap.format.WalHeader;
import dev.waltap.wal.FrameSink;
import dev.waltap.wal.UnseenCommits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a WAL behind the last committed frame, written there as a writer leaves it. */
@EnabledOnOs(OS.LINUX)
class UnseenCommitsTest {
  private static final int PAGE = 4096;

  private static final FrameSink NO_FRAMES =
      new FrameSink() {
        @Override
        public byte[] buffer() {
          return new byte[PAGE];
        }

        @Override
        public void frame(int pageNumber, byte[] page) {}

        @Override
        public void commit(long generation, int frame, int databaseSize) {}

        @Override
        public void rollback() {}
      };

  @TempDir private Path directory = Path.of("");
  private Path database = Path.of("");
  private Path wal = Path.of("");
  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    database = directory.toRealPath().resolve("a.db");
    wal = Path.of(database + "-wal");
    connection = DriverManager.getConnection("jdbc:sqlite:" + database);
    execute(
        "PRAGMA page_size = " + PAGE,
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t(x)",
        "INSERT INTO t VALUES (1)");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private byte[] lastFrame() throws IOException {
    byte[] all = Files.readAllBytes(wal);
    assertThat((all.length - WalHeader.SIZE) % (FrameHeader.SIZE + PAGE)).isZero();
    return Arrays.copyOfRange(all, all.length - FrameHeader.SIZE - PAGE, all.length);
  }

  private void append(byte[] frame) throws IOException {
    Files.write(wal, frame, StandardOpenOption.APPEND);
  }

  private boolean arePossible() {
    return UnseenCommits.arePossible(database);
  }

  @Test
  void areNotBehindTheLastCommit() throws Exception {
    assertThat(arePossible()).isFalse();
    execute("PRAGMA wal_checkpoint(RESTART)");
    assertThat(arePossible()).as("restarted, nothing written").isFalse();
    execute("INSERT INTO t VALUES (2)");
    assertThat(arePossible()).as("old frames behind the new one").isFalse();
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(arePossible()).isFalse();
  }

  @Test
  void arePossibleWhereACommitFrameIsWrittenAndNotPublished() throws Exception {
    byte[] frame = lastFrame();
    byte[] first = frame.clone();
    Arrays.fill(first, 4, 8, (byte) 0);
    append(first);
    assertThat(arePossible()).as("its commit frame is yet to be written").isFalse();
    append(frame);
    assertThat(arePossible()).isTrue();
  }

  @Test
  void arePossibleInAFrameWithoutSaltsAndChecksum() throws Exception {
    byte[] bare = lastFrame();
    Arrays.fill(bare, 8, FrameHeader.SIZE, (byte) 0);
    append(bare);
    assertThat(arePossible()).isTrue();
  }

  @Test
  void areNotInFramesOfOtherGenerations() throws Exception {
    byte[] other = lastFrame();
    other[12] ^= 1;
    append(other);
    assertThat(arePossible()).isFalse();
  }

  @Test
  void arePossibleInTheFirstFramesOfALog() throws Exception {
    byte[] written = Files.readAllBytes(wal);
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    written[16] ^= 64; // Salts drawn by its writer, who has told nobody yet.
    for (int at = WalHeader.SIZE; at < written.length; at += FrameHeader.SIZE + PAGE) {
      written[at + 8] ^= 64;
    }
    Files.write(wal, signed(written));
    assertThat(arePossible()).isTrue();
  }

  /** With the right checksum of the header. */
  private static byte[] signed(byte[] log) {
    boolean big = (log[3] & 1) != 0;
    var sum = new WalChecksum();
    sum.update(log, 0, 24, big);
    ByteBuffer.wrap(log).putLong(24, sum.value());
    return log;
  }

  @Test
  void arePossibleWhereNothingCanBeSeen() {
    assertThat(UnseenCommits.arePossible(directory.resolve("no.db"))).isTrue();
  }

  @Test
  void aHeaderFromBeforeARestartIsNotBelieved() throws Exception {
    execute(
        "PRAGMA cache_size = 5",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "BEGIN",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
            + " INSERT INTO t SELECT zeroblob(5000) FROM n",
        "ROLLBACK");
    byte[] written = Files.readAllBytes(wal);
    try (Attachment attachment = Attachment.open(database)) {
      attachment.connection().beginRead();
      attachment.tail().startAt(attachment.snapshot().position());
      attachment.connection().endRead();
      assertThat(attachment.tail().position().frame()).as("restarted").isZero();
      attachment.tail().poll(NO_FRAMES, 1); // Reads ahead from now on.
      assertThat(attachment.mayCommitUnwritten()).isFalse();
      written[16] ^= 64; // Salts drawn by its writer, who has told nobody yet.
      for (int at = WalHeader.SIZE; at < written.length; at += FrameHeader.SIZE + PAGE) {
        written[at + 8] ^= 64;
      }
      written[WalHeader.SIZE + 7] = 2; // A commit.
      Files.write(wal, signed(written));
      assertThat(attachment.mayCommitUnwritten()).isTrue();
    }
  }
}
