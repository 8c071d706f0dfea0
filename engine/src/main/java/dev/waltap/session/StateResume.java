// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.TransactionDecoder;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.page.UnknownPageException;
import dev.waltap.state.JournalEntry;
import org.jspecify.annotations.Nullable;

/**
 * Brings the page set to where the journal ends: transactions that were delivered move it on, the
 * others are emitted again, with the positions they had. For the capture thread.
 */
final class StateResume implements JournalEntry.Receiver {
  private final CaptureParts parts;
  private final FilterHistory filters;
  private final @Nullable KnownTables known;
  private final TransactionDecoder decoder;
  private boolean delivered;
  private CommittedTransaction open;

  /**
   * A replay, by the decoder of the replica, which holds the state's pages.
   *
   * @param filters under which the journal's transactions were emitted; what this run's leaves out
   *     is not emitted again
   * @param known null to emit; else nothing is emitted, and this finds out which tables the handler
   *     may hold
   */
  StateResume(CaptureParts parts, FilterHistory filters, @Nullable KnownTables known) {
    this.parts = parts;
    this.filters = filters;
    this.known = known;
    this.decoder = parts.replica.decoder();
    this.open = parts.backlog.take();
  }

  /** Replays the whole journal. */
  void run(DurableState state) {
    state.replaying(true);
    try {
      state.store().replay(parts.replica.buffers(), this);
    } catch (CorruptDatabaseException | UnknownPageException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the state's journal does not fit its pages ("
              + e.getMessage()
              + "): run teardown and setup again, and bootstrap",
          e);
    } finally {
      state.replaying(false);
      parts.emitter.mute(false);
    }
  }

  @Override
  public void begin(JournalEntry entry, boolean acknowledged) {
    delivered = acknowledged;
    parts.emitter.mute(acknowledged || known != null);
    FilterHistory.Entry change = filters.beginningAt(entry.position());
    if (change != null) {
      decoder.filter(parts.baseline.filter().within(change.filter()));
    }
    open.pages.databaseSize(entry.databaseSize());
    open.committed(
        entry.position().epoch(),
        entry.position().wal().frame(),
        entry.timestampMicros(),
        entry.position().wal());
  }

  @Override
  public void page(int pageNumber, byte[] image) {
    open.pages.put(pageNumber, image);
  }

  @Override
  public void end() {
    decoder.decode(open);
    if (known != null && delivered) {
      known.reset(decoder.catalog());
    } else if (known != null) {
      known.add(decoder.catalog());
    }
    parts.backlog.recycle(open);
    open = parts.backlog.take();
  }
}
