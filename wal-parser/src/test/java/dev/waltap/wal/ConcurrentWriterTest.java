// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.SqlProcess;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tail against writers that write as fast as they can, with SQLite's own autocheckpoint. Every
 * commit raises the counter by one, which the sink checks; after a gap it starts again. So whatever
 * is handed over is gapless, and at the end it has come to where the writer has.
 */
@Tag("slow")
@Timeout(120)
class ConcurrentWriterTest {

  private static final int PAGE_SIZE = 4096;

  @TempDir Path directory;

  @Test
  void missesNothingOfAnotherProcess() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE);
        Follower follower = new Follower(database)) {
      Process writer =
          SqlProcess.start(database.path(), "PRAGMA synchronous=NORMAL", "WRITE 40000");
      try {
        follower.follow(() -> !writer.isAlive());
      } finally {
        writer.destroyForcibly().waitFor();
      }
      assertThat(database.counter()).isEqualTo(40_000);
      follower.assertComplete(40_000);
    }
  }

  @Test
  void missesNothingWhileAnotherProcessTruncates() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE);
        Follower follower = new Follower(database)) {
      String[] statements = new String[200];
      for (int i = 0; i < statements.length; i += 2) {
        statements[i] = "WRITE 150";
        statements[i + 1] = "PRAGMA wal_checkpoint(TRUNCATE)";
      }
      Process writer = SqlProcess.start(database.path(), statements);
      try {
        follower.follow(() -> !writer.isAlive());
      } finally {
        writer.destroyForcibly().waitFor();
      }
      follower.assertComplete(15_000);
      assertThat(follower.tail.generation()).isGreaterThan(1);
    }
  }

  @Test
  void missesNothingOfAThread() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE);
        Connection other = CountedDatabase.connect(database.path());
        Follower follower = new Follower(database)) {
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(other, 10_000));
      follower.follow(writer::isDone);
      writer.get();
      follower.assertComplete(10_000);
    }
  }

  @Test
  void survivesAKilledWriter() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE)) {
      for (int i = 0; i < 4; i++) {
        long from = database.counter();
        try (Follower follower = new Follower(database)) {
          Process writer = SqlProcess.start(database.path(), "WRITE 1000000");
          follower.follow(
              () -> {
                if (writer.isAlive() && counter(database) > from + 1000) {
                  writer.destroyForcibly();
                }
                return !writer.isAlive();
              });
          follower.assertComplete(database.counter() - from);
        }
        database.write(1);
      }
    }
  }

  private static void write(Connection connection, int transactions) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous=NORMAL");
      CountedDatabase.write(connection, transactions);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long counter(CountedDatabase database) {
    try {
      return database.counter();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A tail from now on; the database's own connection stands for the idle one. */
  private static final class Follower implements AutoCloseable {
    private final CountedDatabase database;
    private final SharedMemory memory;
    private final WalIndex index;
    private final WalTail tail;
    private final PageCollector sink = new PageCollector(PAGE_SIZE);
    private int gaps;

    Follower(CountedDatabase database) throws IOException {
      this.database = database;
      memory = ChannelRegistry.acquireSharedMemory(database.shm());
      index = new WalIndex(memory);
      tail = new WalTail(index, WalFile.open(database.wal(), PAGE_SIZE));
      startNow();
    }

    private void startNow() {
      WalIndexHeader header = new WalIndexHeader();
      while (!index.read(header)) {
        counter(database);
      }
      sink.forget();
      tail.startAt(WalPosition.of(header));
    }

    void follow(BooleanSupplier ended) {
      boolean over = false;
      while (true) {
        switch (tail.poll(sink, 200)) {
          case GAP -> {
            gaps++;
            startNow();
          }
          case TORN -> counter(database); // A read through SQLite repairs it.
          case TRANSACTIONS -> {}
          case NOTHING -> {
            if (over) {
              return;
            }
            over = ended.getAsBoolean(); // Then once more for what came before that.
            LockSupport.parkNanos(50_000);
          }
        }
      }
    }

    void assertComplete(long commits) {
      String story =
          String.format(
              "%d commits in %d generations, %d gaps, %d rollbacks",
              sink.commits(), tail.generation(), gaps, sink.rollbacks());
      System.out.println(story);
      if (gaps == 0) {
        assertThat((long) sink.commits()).as(story).isEqualTo(commits);
      }
      if (sink.counter() >= 0) {
        assertThat(sink.counter()).as(story).isEqualTo(counter(database));
      }
    }

    @Override
    public void close() throws IOException {
      tail.close();
      memory.release();
    }
  }
}
