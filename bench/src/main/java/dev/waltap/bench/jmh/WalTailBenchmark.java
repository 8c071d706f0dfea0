// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.FrameSink;
import dev.waltap.wal.WalFile;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import dev.waltap.wal.WalTail;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Copying committed frames out of a WAL: a backlog in one go, and one commit at a time. */
@State(Scope.Thread)
public class WalTailBenchmark extends HotPath {
  private static final int FRAMES = 4096;

  private SampleTable table;
  private SharedMemory memory;
  private WalTail tail;
  private WalPosition start;
  private WalPosition beforeLast;
  private Sink sink;

  /** Writes a WAL of so many transactions of one frame each. */
  @Setup
  public void setUp() throws SQLException, IOException {
    table = SampleTable.typical(100);
    table.execute("PRAGMA wal_autocheckpoint = 0");
    table.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    Path database = table.database().path().toRealPath();
    memory = ChannelRegistry.acquireSharedMemory(Path.of(database + "-shm"));
    WalIndex index = new WalIndex(memory);
    WalIndexHeader header = new WalIndexHeader();
    try (PreparedStatement update =
        table.connection().prepareStatement("UPDATE typical SET score = ? WHERE id = 10")) {
      for (int i = 1; i <= FRAMES; i++) {
        update.setDouble(1, i + 0.5);
        update.executeUpdate();
        index.read(header);
        start = i == 1 ? beginning(header) : start;
        beforeLast = i == FRAMES - 1 ? WalPosition.of(header) : beforeLast;
      }
    }
    if (header.mxFrame() != FRAMES) {
      throw new IllegalStateException(header + " instead of " + FRAMES + " frames");
    }
    int pageSize = table.format().pageSize();
    tail = new WalTail(index, WalFile.open(Path.of(database + "-wal"), pageSize));
    sink = new Sink(pageSize);
    single(); // So that there is nothing new for the one who only looks.
  }

  private static WalPosition beginning(WalIndexHeader header) {
    return new WalPosition(header.salts(), 0, 0, header.changeCounter() - header.mxFrame());
  }

  /** A frame, and its transaction, out of a backlog. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long backlog() {
    tail.startAt(start);
    long before = sink.commits;
    tail.poll(sink, FRAMES);
    if (sink.commits - before != FRAMES) {
      throw new IllegalStateException((sink.commits - before) + " commits");
    }
    return sink.commits;
  }

  /** One transaction of one frame, just committed. */
  @Benchmark
  public long single() {
    tail.startAt(beforeLast);
    tail.poll(sink, FRAMES);
    return sink.commits;
  }

  /** A look, when there is nothing new. */
  @Benchmark
  public boolean nothing() {
    return tail.hasNews();
  }

  /** Closes and removes everything. */
  @TearDown
  public void tearDown() throws SQLException, IOException {
    tail.close();
    memory.release();
    table.close();
  }

  private static final class Sink implements FrameSink {
    private final byte[] page;
    private long commits;

    Sink(int pageSize) {
      page = new byte[pageSize];
    }

    @Override
    public byte[] buffer() {
      return page;
    }

    @Override
    public void frame(int pageNumber, byte[] image) {}

    @Override
    public void commit(long generation, int frame, int databaseSize) {
      commits++;
    }

    @Override
    public void rollback() {
      throw new IllegalStateException("a WAL at rest");
    }
  }
}
