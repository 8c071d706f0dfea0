// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureOptions;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.attach.DatabaseConnection;
import dev.waltap.btree.PageSummary;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Micros;
import dev.waltap.decode.Replica;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.follow.Counters;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.io.FileNames;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.page.ExpensiveChecks;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.UnknownPageException;
import dev.waltap.schema.Schema;
import dev.waltap.schema.Table;
import dev.waltap.schema.TableFilter;
import dev.waltap.schema.UnreadableTable;
import dev.waltap.snapshot.SnapshotPages;
import dev.waltap.state.StateStore;
import dev.waltap.wal.WalPosition;
import java.util.List;
import java.util.OptionalLong;

/**
 * The replica of the captured tables: filled from a snapshot of the database or from the saved
 * state, compared with a later snapshot. What can't be read is refused in words. For the capture
 * thread.
 */
final class Baseline implements AutoCloseable {
  private final Attachment attachment;
  private final StoppingListener listener;
  private final SnapshotReads reads;
  private final CommitsAtRisk atRisk;
  private final TableFilter filter;
  private final long floor;
  private final Replica replica;

  Baseline(
      CaptureOptions options,
      CaptureMemory memory,
      Attachment attachment,
      StoppingListener listener,
      Counters counters,
      CommitsAtRisk atRisk) {
    this.attachment = attachment;
    this.listener = listener;
    this.reads = new SnapshotReads(attachment, options.walLimit(), listener, counters, atRisk);
    this.atRisk = atRisk;
    this.filter =
        new TableFilter(options.tables(), options.excludeTables(), options.excludeColumns());
    this.floor = memory.pages().floor();
    PageBuffers buffers = new PageBuffers(attachment.pageSize(), memory.buffers());
    this.replica = new Replica(buffers, memory.pages(), filter);
  }

  Replica replica() {
    return replica;
  }

  /** Which tables this run emits. */
  TableFilter filter() {
    return filter;
  }

  /**
   * Fills the replica from a snapshot.
   *
   * @param beforeEnd called while its read transaction is still held
   * @return the position at which the tail continues
   */
  WalPosition take(Runnable beforeEnd) {
    try {
      return reads.read(
          snapshot ->
              replica.scan(
                  snapshot,
                  (done, of) -> listener.progress("scan", done, of, "pages"),
                  this::requireTables),
          beforeEnd);
    } catch (DatabaseException e) {
      throw refused(e);
    }
  }

  /** How snapshots are read. */
  SnapshotReads reads() {
    return reads;
  }

  /** A snapshot will be read by somebody else. */
  void seen(Attachment.SnapshotAt at) {
    atRisk.seen(at.bareFrames());
  }

  /** The replica learns of a snapshot's tables, and nothing else. */
  void readTables(SnapshotPages pages) {
    readOrRefuse(() -> replica.readTables(pages, this::requireTables));
  }

  /** Reads something; what can't be read is refused in words. */
  void readOrRefuse(Runnable reading) {
    try {
      reading.run();
    } catch (DatabaseGoneException e) {
      throw e; // Perhaps another try reads it.
    } catch (DatabaseException e) {
      throw refused(e);
    }
  }

  /**
   * Fills the replica from a saved one.
   *
   * @param earlier the filter that it was saved under
   * @throws CaptureException if its pages do not make whole trees
   */
  void load(StateStore store, TableFilter earlier) {
    try {
      if (recall(store, earlier)) {
        return;
      }
      loadPages(store, replica);
      replica.adopt(earlier, this::requireReadable);
    } catch (DatabaseException | UnknownPageException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the saved pages do not make whole tables ("
              + e.getMessage()
              + "): run teardown and setup again, and bootstrap",
          e);
    }
  }

  /** Fills the replica without reading its pages, where the state allows that. */
  private boolean recall(StateStore store, TableFilter earlier) {
    PageSummary summary = store.summary();
    OptionalLong seed = store.pageSeed();
    if (summary == null || seed.isEmpty()) {
      return false;
    }
    if (ExpensiveChecks.ON) {
      requireSame(store, earlier, summary);
    }
    replica.pageSet().seed(seed.getAsLong());
    return replica.recall(summary, store::loadPage, earlier, this::requireReadable);
  }

  /** What is recalled must be what reading all pages leads to, if it is accepted. */
  private void requireSame(StateStore store, TableFilter earlier, PageSummary summary) {
    try (Replica read = new Replica(new PageBuffers(attachment.pageSize()), floor, filter);
        Replica recalled = new Replica(new PageBuffers(attachment.pageSize()), floor, filter)) {
      loadPages(store, read);
      read.adopt(earlier, this::requireReadable);
      recalled.pageSet().seed(read.pageSet().seed());
      if (recalled.recall(summary, store::loadPage, earlier, this::requireReadable)
          && !recalled.summary().equals(read.summary())) {
        throw new AssertionError("the summary is not that of the saved pages");
      }
    }
  }

  private static void loadPages(StateStore store, Replica into) {
    OptionalLong seed = store.pageSeed();
    if (seed.isPresent()) {
      into.pageSet().seed(seed.getAsLong());
      store.loadPages(into::put);
    } else {
      store.loadPages((number, image, packed) -> into.put(number, image.clone()));
    }
  }

  private CaptureException refused(DatabaseException e) {
    if (e instanceof CorruptDatabaseException damage) {
      return DatabaseChecks.damaged(attachment.database(), damage);
    }
    return new CaptureException(
        DatabaseChecks.reasonOf(e),
        FileNames.text(attachment.database()) + ": " + e.getMessage() + "; start again",
        e);
  }

  /**
   * Looks at the tables that there are now.
   *
   * @param earlier the filter until now
   * @return whether this run's filter names shadow tables that the earlier one did not
   * @throws CaptureException if a table that was asked for is not there
   */
  boolean checkTables(TableFilter earlier) {
    DatabaseConnection connection = attachment.connection();
    connection.beginRead();
    try {
      Attachment.SnapshotAt at = attachment.snapshot();
      atRisk.seen(at.bareFrames());
      Schema schema = replica.schema(at.snapshot());
      at.snapshot().release();
      requireTables(schema);
      return schema.tables().stream()
          .filter(table -> table.kind() == Table.Kind.SHADOW)
          .anyMatch(table -> filter.accepts(table) && !earlier.accepts(table));
    } catch (DatabaseException e) {
      throw refused(e);
    } finally {
      connection.endRead();
    }
  }

  private void requireTables(Schema schema) {
    String problem = filter.problem(schema);
    if (problem != null) {
      throw new CaptureException(
          Reason.REFUSED, FileNames.text(attachment.database()) + ": " + problem);
    }
    requireReadable(schema);
    warnOfExclusions(schema);
  }

  /** A mistyped name would let out what was to be kept in. */
  private void warnOfExclusions(Schema schema) {
    List<String> unmatched = filter.unmatchedExclusions(schema);
    if (!unmatched.isEmpty()) {
      listener.warning(
          "nothing is left out by "
              + String.join(", ", unmatched)
              + ", since no table or column is called so: check the names of what to exclude");
    }
  }

  /** A table that can't be read has rows all the same, which would seem to be gone. */
  private void requireReadable(Schema schema) {
    for (UnreadableTable table : schema.unreadable()) {
      if (filter.accepts(table)) {
        throw new CaptureException(
            Reason.SCHEMA, FileNames.text(attachment.database()) + ": " + table.refusal());
      }
    }
  }

  /**
   * Fills a transaction with what differs between the replica and a snapshot taken now.
   *
   * @param beforeEnd called while the snapshot's read transaction is still held
   * @return the position at which the tail continues
   */
  WalPosition delta(CommittedTransaction net, long epoch, Runnable beforeEnd) {
    try {
      WalPosition position =
          reads.read(
              snapshot ->
                  replica.compare(
                      snapshot,
                      net.pages,
                      (done, of) -> listener.progress("reconcile", done, of, "pages"),
                      this::requireReadable),
              beforeEnd);
      net.committed(epoch, position.frame(), Micros.now(), position);
      return position;
    } catch (DatabaseException e) {
      throw refused(e);
    }
  }

  @Override
  public void close() {
    replica.close();
  }
}
