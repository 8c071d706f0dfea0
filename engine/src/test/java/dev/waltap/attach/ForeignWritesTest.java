// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.sqlite.SqliteConnections;
import dev.waltap.wal.FrameSink;
import dev.waltap.wal.WalTail;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look at a database file finds that something other than SQLite wrote to. */
class ForeignWritesTest {
  private static final int PAGE_SIZE = 4096;
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(250);

  /** For a log in which there are none. */
  private static final class NoFrames implements FrameSink {
    @Override
    public byte[] buffer() {
      return new byte[PAGE_SIZE];
    }

    @Override
    public void frame(int pageNumber, byte[] page) {
      throw new AssertionError("page " + pageNumber);
    }

    @Override
    public void commit(long generation, int frame, int databaseSize) {
      throw new AssertionError("frame " + frame);
    }

    @Override
    public void rollback() {}
  }

  private Path database;
  private Attachment attachment;
  private PageSet pages;
  private ForeignWrites writes;
  private long now;

  @BeforeEach
  void attach(@TempDir Path directory) throws Exception {
    database = Files.createFile(directory.toRealPath().resolve("app.db"));
    try (Connection connection = SqliteConnections.open(database);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE t(v)");
      statement.execute("INSERT INTO t VALUES (zeroblob(400000))");
    }
    attachment = Attachment.open(database);
    pages = new PageSet(new PageBuffers(PAGE_SIZE), 1 << 20);
    byte[] content = Files.readAllBytes(database);
    for (int i = 0; i < content.length / PAGE_SIZE; i++) {
      byte[] page = new byte[PAGE_SIZE];
      System.arraycopy(content, i * PAGE_SIZE, page, 0, PAGE_SIZE);
      pages.put(i + 1, page);
    }
    attachment.connection().beginRead();
    attachment.tail().startAt(attachment.snapshot().position());
    attachment.connection().endRead();
    assertThat(attachment.tail().poll(new NoFrames(), 1)).isEqualTo(WalTail.Outcome.NOTHING);
    writes = new ForeignWrites(attachment);
    for (int i = 0; i < 4; i++) {
      assertThat(look(LOOK)).as("nobody wrote").isFalse();
    }
  }

  @AfterEach
  void close() {
    pages.close();
    attachment.close();
  }

  private boolean look(long later) {
    now += later;
    writes.beforeLook();
    return writes.found(pages, attachment.requireSameFiles(), now);
  }

  private void write(long offset) throws Exception {
    try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {'x'}), offset);
    }
  }

  private void date(FileTime time) throws Exception {
    Files.setLastModifiedTime(database, time);
  }

  @Test
  void findsAWriteByTheFilesTimeOnceItRests() throws Exception {
    write(3 * PAGE_SIZE + 100);
    date(FileTime.fromMillis(1));
    assertThat(look(LOOK)).as("may go on").isFalse();
    assertThat(look(LOOK)).isTrue();
  }

  @Test
  void findsAWriteAfterWhichTheTimeWasSetBack() throws Exception {
    FileTime before = Files.getLastModifiedTime(database);
    date(FileTime.fromMillis(1));
    assertThat(look(LOOK)).as("may go on").isFalse();
    date(before);
    assertThat(look(LOOK)).as("may go on still").isFalse();
    assertThat(look(LOOK)).isTrue();
  }

  @Test
  void looksAtTheHeaderOfAFileThatRestsEveryTwoSeconds() throws Exception {
    FileTime before = Files.getLastModifiedTime(database);
    write(0);
    date(before);
    assertThat(look(LOOK)).as("nothing moved").isFalse();
    assertThatThrownBy(() -> look(TimeUnit.SECONDS.toNanos(2)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("the file was overwritten");
  }

  @Test
  void comparesPagesWhereACheckpointMayHideAWrite() throws Exception {
    writes = new ForeignWrites(attachment); // Whose first look comes after the write.
    write(20 * PAGE_SIZE + 100);
    assertThat(look(LOOK)).as("nothing to compare with").isFalse();
    assertThat(look(LOOK)).isTrue();
  }
}
