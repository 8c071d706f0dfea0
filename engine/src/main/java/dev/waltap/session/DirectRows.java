// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.attach.Attachment;
import dev.waltap.decode.CapturedTable;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.snapshot.SnapshotLimitException;
import dev.waltap.snapshot.SnapshotPages;
import dev.waltap.wal.LogKeeper;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Emits every row straight from a snapshot, under its read transaction: to copy and compress all
 * pages first would take as long as to read their rows does. As soon as the application could
 * notice the read transaction, since the WAL grows or since the handler takes its time, what is
 * left is copied, and the read transaction ends.
 *
 * <p>For the capture thread, and one use.
 */
final class DirectRows implements LogKeeper {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** So long the read transaction may be held however slow the handler is: JVMs begin slowly. */
  private static final long MAX_SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What is read after that at this rate, or faster, would not be copied much sooner. */
  private static final long MIN_BYTES_PER_SECOND = 32L << 20;

  private final CaptureParts parts;
  private final Attachment.SnapshotAt at;
  private final SnapshotPages pages;
  private final long begun = System.nanoTime();
  private long nextLook = begun + LOOK_NANOS;
  private @Nullable BootstrapRows rows;

  private DirectRows(CaptureParts parts, Attachment.SnapshotAt at) {
    this.parts = parts;
    this.at = at;
    this.pages = new SnapshotPages(at.snapshot(), parts.replica.pageSet(), parts.replica.buffers());
  }

  /**
   * Emits them.
   *
   * @param emitted learns which tables were emitted, if the rows must be emitted again
   * @return false if they must, from a snapshot that is copied first: more is written than can be
   *     read beside it, or a recovery could take away what is read
   */
  static boolean emit(CaptureParts parts, KnownTables emitted) {
    DirectRows direct;
    String failure;
    parts.attachment.connection().beginRead();
    try {
      Attachment.SnapshotAt at = parts.attachment.snapshot();
      parts.baseline.seen(at);
      if (at.bareFrames() > 0) {
        return false; // Nothing else can go away under a read transaction: Attachment.isSound.
      }
      direct = new DirectRows(parts, at);
      failure = direct.emitAll();
    } finally {
      parts.attachment.connection().endRead();
    }
    if (failure != null) {
      direct.startOver(failure, emitted);
    }
    return failure == null;
  }

  /** Returns what kept it from emitting all rows; null if it has. */
  private @Nullable String emitAll() {
    try {
      parts.baseline.readTables(pages);
      emitRows();
      return null;
    } catch (SnapshotLimitException e) {
      parts.counters.walLimit();
      return "the WAL has reached the WAL limit while rows were read, which ended the read"
          + " transaction; raise --wal-limit where that should not happen";
    } catch (DatabaseGoneException e) {
      parts.attachment.requireSameFiles();
      return String.valueOf(e.getMessage());
    }
  }

  private void emitRows() {
    TreeRows reading = new TreeRows(pages.format(), pages);
    List<CapturedTable> tables = parts.replica.catalog().tables();
    BootstrapRows all =
        new BootstrapRows(tables, reading, new Estimated(reading), parts.emitter, parts.listener);
    rows = all;
    pages.beginWalk();
    long epoch = parts.epochs.next();
    parts.keepUpWith(this);
    try {
      parts.baseline.readOrRefuse(() -> all.emit(epoch, at.position().frame(), List.of()));
    } finally {
      parts.keepUpWith(parts.log);
    }
  }

  /** Rows are not counted before they are read. */
  private final class Estimated implements BootstrapRows.RowCounts {
    private final TreeRows reading;
    private long estimate;

    Estimated(TreeRows reading) {
      this.reading = reading;
    }

    @Override
    public long of(CapturedTable table) {
      return reading.count(table.tree(), DirectRows.this);
    }

    @Override
    public long total(long emitted) {
      if (pages.isReading()) {
        double size = (double) Integer.toUnsignedLong(pages.size()) * parts.attachment.pageSize();
        estimate = (long) (emitted * Math.max(1.0, size / pages.bytesRead()));
      }
      return Math.max(emitted, estimate);
    }
  }

  /** Called while rows are emitted or counted, and while the handler is waited for. */
  @Override
  public void keepUp() {
    StoppingListener.requireRunning(parts.queue);
    BootstrapRows all = rows;
    long now = System.nanoTime();
    if (!pages.isReading() || now < nextLook || all == null) {
      return;
    }
    if (parts.baseline.reads().isGrowing(at) || isSlow(now)) {
      pages.copyRest(
          all.rest(),
          parts.baseline.reads().limited(at),
          (done, of) -> parts.listener.progress("scan", done, of, "pages"));
      parts.attachment.connection().endRead();
    }
    nextLook = System.nanoTime() + LOOK_NANOS;
  }

  private boolean isSlow(long now) {
    double seconds = (now - begun - MAX_SLOW_NANOS) / 1e9;
    return seconds > 0 && pages.bytesRead() < seconds * MIN_BYTES_PER_SECOND;
  }

  private void startOver(String failure, KnownTables emitted) {
    parts.listener.warning(
        failure
            + ": all rows are emitted again, of a newer snapshot, after another BOOTSTRAP: leave out"
            + " what came before that");
    BootstrapRows all = rows;
    if (all != null) {
      all.giveUp();
      emitted.add(parts.replica.catalog());
    }
  }
}
