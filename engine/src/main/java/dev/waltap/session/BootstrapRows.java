// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.TableSchema;
import dev.waltap.btree.Tree;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Micros;
import dev.waltap.decode.Replica;
import dev.waltap.diff.TreeRows;
import dev.waltap.page.PageSource;
import java.util.List;

/**
 * Emits every row of all tables that pass the filter, as one transaction. For the capture thread.
 */
final class BootstrapRows {
  private static final int ROWS_BETWEEN_REPORTS = 4096;

  private final List<CapturedTable> tables;
  private final TreeRows rows;
  private final RowCounts counts;
  private final Emitter emitter;
  private final CaptureListener listener;
  private int current;
  private long emitted;
  private boolean begun;

  /** How many rows there are. */
  interface RowCounts {

    /** Those of a table that is not emitted: its changes are counted all the same. */
    long of(CapturedTable table);

    /** Those that are emitted in all, as far as that is known after so many. */
    long total(long emitted);
  }

  /**
   * Rows to emit.
   *
   * @param tables in the order in which they are emitted
   * @param rows reads them
   */
  BootstrapRows(
      List<CapturedTable> tables,
      TreeRows rows,
      RowCounts counts,
      Emitter emitter,
      CaptureListener listener) {
    this.tables = tables;
    this.rows = rows;
    this.counts = counts;
    this.emitter = emitter;
    this.listener = listener;
  }

  /** Those of a replica, whose page set does not change meanwhile, while the log is copied on. */
  static BootstrapRows of(Replica replica, Emitter emitter, CaptureListener listener) {
    long total = 0;
    for (CapturedTable table : replica.catalog().tables()) {
      total += table.emitted() ? replica.rows(table) : 0;
    }
    return new BootstrapRows(
        replica.catalog().tables(),
        new TreeRows(replica.format(), new Pages(replica)),
        new Counted(replica, total),
        emitter,
        listener);
  }

  private record Counted(Replica replica, long total) implements RowCounts {
    @Override
    public long of(CapturedTable table) {
      return replica.rows(table);
    }

    @Override
    public long total(long emitted) {
      return total;
    }
  }

  /** The page set, which nobody else reads meanwhile: so pages that left it are used again. */
  private record Pages(Replica replica) implements PageSource {
    @Override
    public byte[] page(int pageNumber) {
      return replica.pageSet().page(pageNumber);
    }

    @Override
    public void leave() {
      replica.buffers().endTransaction();
    }
  }

  /**
   * Emits them.
   *
   * @param gone tables that the handler may hold and that no longer exist
   */
  void emit(long epoch, long frame, List<TableSchema> gone) {
    emitter.begin(epoch, frame, Micros.now());
    begun = true;
    for (TableSchema table : gone) {
      emitter.schema(table.name(), table, null, true);
    }
    for (current = 0; current < tables.size(); current++) {
      emit(tables.get(current));
    }
    emitter.end();
    listener.progress("bootstrap", emitted, emitted, "rows");
  }

  /** Ends what was emitted before it is complete; whoever does so emits all of it again. */
  void giveUp() {
    if (begun) {
      emitter.end();
    }
  }

  /** The trees of which not all rows were read yet. */
  List<Tree> rest() {
    return tables.subList(current, tables.size()).stream().map(CapturedTable::tree).toList();
  }

  private void emit(CapturedTable table) {
    if (!table.emitted()) {
      emitter.skip(2 + counts.of(table));
      return;
    }
    emitter.schema(table.name(), null, table.table().declaration(), true);
    emitter.bootstrap(table.name());
    rows.forEach(
        table.tree(),
        row -> {
          table.check(row);
          emitter.makeRoom(row.payloadSize());
          emitter.insert(table, table.stored(row));
          if (++emitted % ROWS_BETWEEN_REPORTS == 0) {
            listener.progress("bootstrap", emitted, counts.total(emitted), "rows");
          }
          return true;
        });
  }
}
