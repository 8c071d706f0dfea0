package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.SqlProcess;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.WalTail.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tail against writers that write as fast as they can, with SQLite's own autocheckpoint. Every
 * commit raises the counter by one, which the sink checks; after a gap it starts anew. So whatever
 * is handed over is gapless, and at the end it has come to where the writer has.
 */
@Timeout(120)
class ConcurrentWriterTest {

  private static final int PAGE_SIZE = 4096;

  @TempDir Path directory;

  @Test
  void missesNothingOfAnotherProcess() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE)) {
      Process writer =
          SqlProcess.start(database.path(), "PRAGMA synchronous=NORMAL", "WRITE 40000");
      try {
        follow(database, () -> !writer.isAlive(), 40_000);
      } finally {
        writer.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void missesNothingOfAThread() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE);
        Connection other = CountedDatabase.connect(database.path())) {
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                try {
                  CountedDatabase.write(other, 20_000);
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      follow(database, writer::isDone, 20_000);
      writer.get();
    }
  }

  @Test
  void survivesAKilledWriter() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE)) {
      for (int i = 0; i < 4; i++) {
        long from = database.counter();
        Process writer = SqlProcess.start(database.path(), "WRITE 1000000");
        BooleanSupplier killed =
            () -> {
              if (writer.isAlive() && counter(database) > from + 1000) {
                writer.destroyForcibly();
              }
              return !writer.isAlive();
            };
        follow(database, killed, -1);
        database.write(1);
      }
    }
  }

  private static long counter(CountedDatabase database) {
    try {
      return database.counter();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void follow(CountedDatabase database, BooleanSupplier ended, int expected)
      throws Exception {
    SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
    WalIndex index = new WalIndex(memory);
    PageCollector sink = new PageCollector(PAGE_SIZE);
    int gaps = 0;
    try (WalTail tail = new WalTail(index, WalFile.open(database.wal(), PAGE_SIZE))) {
      tail.startAt(now(index));
      boolean over = false;
      while (true) {
        Outcome outcome = tail.poll(sink, 200);
        if (outcome == Outcome.GAP) {
          gaps++;
          sink.forget();
          tail.startAt(now(index));
        } else if (outcome == Outcome.TORN) {
          database.counter(); // A read through SQLite repairs it.
        } else if (outcome == Outcome.NOTHING) {
          if (over) {
            break;
          }
          over = ended.getAsBoolean(); // Then once more for what came before that.
          LockSupport.parkNanos(50_000);
        }
      }
      if (sink.counter() >= 0) {
        assertThat(sink.counter()).isEqualTo(database.counter());
      }
      if (expected >= 0) {
        assertThat(database.counter()).isEqualTo(expected);
        assertThat(gaps > 0 || sink.commits() == expected)
            .as("%d gaps, %d commits", gaps, sink.commits())
            .isTrue();
      }
      System.out.printf(
          "%d commits, %d generations, %d gaps, %d rollbacks%n",
          sink.commits(), tail.generation(), gaps, sink.rollbacks());
    } finally {
      memory.release();
    }
  }

  private static WalPosition now(WalIndex index) {
    WalIndexHeader header = new WalIndexHeader();
    while (!index.read(header)) {
      Thread.onSpinWait();
    }
    return WalPosition.of(header);
  }
}
