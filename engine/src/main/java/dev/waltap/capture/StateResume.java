package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.UnknownPageException;
import dev.waltap.state.JournalEntry;
import dev.waltap.state.Replay;

/**
 * Brings the page set to where the journal ends: transactions that were delivered move it on, the
 * others are told again, with the positions they had. For the capture thread.
 */
final class StateResume implements Replay {
  private final TransactionDecoder decoder;
  private final Emitter emitter;
  private final Backlog backlog;
  private CommittedTransaction open;

  StateResume(TransactionDecoder decoder, Emitter emitter, Backlog backlog) {
    this.decoder = decoder;
    this.emitter = emitter;
    this.backlog = backlog;
    this.open = backlog.take();
  }

  /** Replays the whole journal. */
  void run(DurableState state, PageBuffers buffers) {
    state.replaying(true);
    try {
      state.store().replay(buffers, this);
    } catch (UnknownPageException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the state's journal does not fit its pages ("
              + e.getMessage()
              + "): run teardown and setup again, and bootstrap",
          e);
    } finally {
      state.replaying(false);
      emitter.mute(false);
    }
  }

  @Override
  public void begin(JournalEntry entry, boolean acknowledged) {
    emitter.mute(acknowledged);
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
  public void removed(int pageNumber) {
    // The decoder finds out by itself what left.
  }

  @Override
  public void end() {
    decoder.decode(open);
    backlog.recycle(open);
    open = backlog.take();
  }
}
