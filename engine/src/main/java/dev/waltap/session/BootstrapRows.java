// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.TableSchema;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Micros;
import dev.waltap.decode.Replica;
import dev.waltap.diff.TreeRows;
import dev.waltap.page.PageSource;
import java.util.List;

/**
 * Emits every row of the page set, as one transaction. The page set does not change meanwhile,
 * while the log is copied on; so a slow handler holds no lock. For the capture thread.
 */
final class BootstrapRows {
  private static final int ROWS_BETWEEN_REPORTS = 4096;

  private final Replica replica;
  private final Emitter emitter;
  private final CaptureListener listener;
  private final TreeRows rows;
  private long emitted;

  BootstrapRows(Replica replica, Emitter emitter, CaptureListener listener) {
    this.replica = replica;
    this.emitter = emitter;
    this.listener = listener;
    this.rows = new TreeRows(replica.format(), new Pages(replica));
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
    long total = 0;
    for (CapturedTable table : replica.catalog().tables()) {
      total += table.emitted() ? replica.rows(table) : 0;
    }
    emitter.begin(epoch, frame, Micros.now());
    for (TableSchema table : gone) {
      emitter.schema(table.name(), table, null, true);
    }
    for (CapturedTable table : replica.catalog().tables()) {
      emit(table, total);
    }
    emitter.end();
    listener.progress("bootstrap", emitted, total, "rows");
  }

  private void emit(CapturedTable table, long total) {
    if (!table.emitted()) {
      emitter.skip(2 + replica.rows(table));
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
            listener.progress("bootstrap", emitted, total, "rows");
          }
          return true;
        });
  }
}
