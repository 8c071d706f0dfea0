// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.Position;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Micros;
import dev.waltap.io.FileNames;
import dev.waltap.page.UnknownPageException;
import dev.waltap.wal.WalPosition;
import org.jspecify.annotations.Nullable;

/**
 * The phase in which what the log does not show is emitted as one transaction: the difference
 * between the replica and a snapshot, or tables that a new filter adds. For the capture thread.
 */
final class NetChanges {
  private final CaptureParts parts;

  /** The filters of earlier runs, while this run's differs and does not apply yet. */
  private @Nullable FilterHistory filtersBefore;

  NetChanges(CaptureParts parts) {
    this.parts = parts;
  }

  /** This run's filter is another one than the last of these; it applies from the next call on. */
  void filterChanges(FilterHistory before) {
    filtersBefore = before;
  }

  /** A snapshot was taken under this run's filter. */
  void filterApplies() {
    filtersBefore = null;
  }

  /** Emits the tables that this run's filter adds, without a look at the database. */
  void enter() {
    CommittedTransaction nothing = parts.backlog.take();
    WalPosition here = parts.attachment.tail().position();
    nothing.pages.databaseSize(0);
    nothing.committed(parts.epochs.next(), here.frame(), Micros.now(), here);
    parts.epochs.startAt(parts.attachment.tail().generation());
    parts.replica.decoder().filter(parts.baseline.filter());
    decode(nothing);
  }

  /**
   * Emits what a snapshot taken now differs in, and follows the log from it.
   *
   * @param resuming whether nothing ran until now: a log that is gone is a gap then only if a page
   *     differs
   * @return whether anything did
   */
  boolean reconcile(boolean resuming) {
    long begun = System.nanoTime();
    parts.guard.release();
    CommittedTransaction net = parts.backlog.take();
    long epoch = parts.epochs.next();
    if (filtersBefore != null) {
      parts.replica.decoder().filter(parts.baseline.filter());
    }
    boolean inDoubt = resuming && parts.log.gap() != null;
    parts.log.startAt(parts.baseline.delta(net, epoch, parts.guard::takeOver));
    // The snapshot is released: what was written meanwhile must not go with it.
    parts.log.keepUp();
    boolean differs = net.pages.size() > 0;
    if (inDoubt && differs) {
      parts.counters.overrun();
    }
    decode(net);
    parts.counters.reconcile(System.nanoTime() - begun, differs || !inDoubt);
    return parts.emitter.hasEmitted();
  }

  private void decode(CommittedTransaction net) {
    DurableState durable = parts.state;
    FilterHistory before = filtersBefore;
    filtersBefore = null;
    if (durable != null && before != null) {
      Position first = new Position(net.epoch(), net.frame(), 0);
      durable.filters(before.with(durable.store().base(), first, parts.options));
    }
    try {
      parts.replica.decoder().decode(net);
    } catch (UnknownPageException e) {
      throw cannotFollow(e);
    }
    parts.counters.transaction();
    parts.backlog.recycle(net);
    parts.release();
    if (durable != null) {
      durable.adopt();
    }
  }

  /** A transaction of which something was emitted already, or that covers all there is. */
  CaptureException cannotFollow(RuntimeException e) {
    return new CaptureException(
        Reason.FAILED,
        FileNames.text(parts.attachment.database())
            + ": a transaction can't be followed: "
            + e.getMessage()
            + ": start again; if that ends so, too, run PRAGMA integrity_check",
        e);
  }
}
