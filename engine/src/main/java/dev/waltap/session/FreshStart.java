// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.TableSchema;
import dev.waltap.decode.Journal;
import dev.waltap.state.LogPosition;
import dev.waltap.state.StateStore;
import dev.waltap.wal.WalPosition;
import java.util.List;

/**
 * The phase in which a capture starts from a snapshot: its pages become the replica, and the state;
 * its rows may be emitted. For the capture thread.
 */
final class FreshStart {
  private final CaptureParts parts;
  private final KnownTables known = new KnownTables();
  private List<TableSchema> gone = List.of();
  private long epoch;
  private long frame;

  FreshStart(CaptureParts parts) {
    this.parts = parts;
  }

  /** Takes a snapshot, in a new epoch, and follows the log from it. */
  void take(BaselineUse use) {
    DurableState durable = parts.state;
    if (durable != null && durable.exists()) {
      parts.epochs.resume(durable.store().end().epoch(), durable.store().maxEpoch());
    }
    WalPosition position = parts.baseline.take(parts.guard::takeOver);
    gone = known.goneFrom(parts.replica.catalog());
    parts.epochs.next();
    parts.log.startAt(position);
    // Saving the baseline copies the log on, which may begin the next epoch.
    epoch = parts.epochs.current();
    frame = position.frame();
    if (durable != null) {
      LogPosition at = new LogPosition(epoch, position);
      FilterHistory filters = FilterHistory.of(at, parts.options);
      durable.baseline(parts.replica.pageSet(), at, use, filters, gone, parts.log::keepUpOrStop);
    }
    parts.counters.pageSet(parts.replica.pageSet());
    parts.replica.decoder(parts.emitter, durable != null ? durable : Journal.NONE);
  }

  /** Emits a snapshot's rows, and keeps nothing: nothing is followed from it, nor saved. */
  void emitRowsOnly() {
    if (!DirectRows.emit(parts, known)) {
      takeRows();
      emitRows();
    }
  }

  private void takeRows() {
    epoch = parts.epochs.next();
    WalPosition position = parts.baseline.take(() -> {});
    gone = known.goneFrom(parts.replica.catalog());
    frame = position.frame();
    parts.attachment.tail().startAt(position);
    parts.replica.decoder(parts.emitter, Journal.NONE);
  }

  /** Emits the rows of the snapshot that was taken. */
  void emitRows() {
    BootstrapRows.of(parts.replica, parts.emitter, parts.listener).emit(epoch, frame, gone);
    parts.release();
  }

  /** Finds out from the saved state which tables the handler may hold. */
  void recallTables(DurableState durable) {
    StateStore store = durable.store();
    boolean pending = durable.isBootstrapPending();
    if (store.acknowledged() == null && !pending) {
      return; // Nothing was delivered yet.
    }
    FilterHistory filters = durable.filters();
    parts.baseline.load(store, filters.at(store.base()).filter());
    known.reset(parts.replica.catalog());
    parts.replica.decoder(parts.emitter, durable);
    new StateResume(parts, filters, known).run(durable);
    if (pending) {
      known.add(durable.gone());
    }
    parts.replica.clear();
  }

  /** The handler holds the tables that there are now; with an interrupted bootstrap's behind it. */
  void rememberTables() {
    known.reset(parts.replica.decoder().catalog());
    if (parts.state != null && parts.state.isBootstrapPending()) {
      known.add(gone);
    }
  }
}
