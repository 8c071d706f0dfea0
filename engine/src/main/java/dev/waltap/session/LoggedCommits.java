// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Micros;
import dev.waltap.decode.Replica;
import dev.waltap.page.TransactionPages;
import dev.waltap.state.ClosedState;
import dev.waltap.state.LogPosition;
import dev.waltap.wal.AppendedCommits;
import dev.waltap.wal.FrameSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The transactions that were appended to a WAL, each as it was committed. */
final class LoggedCommits implements MissedCommits {

  /** More are a session's to follow. */
  private static final int MOST_TRANSACTIONS = 16;

  private final ClosedState state;
  private final AppendedCommits log;
  private final BooleanSupplier unchanged;
  private final List<CommittedTransaction> found = new ArrayList<>();
  private int frames;

  /**
   * Those of a log that was opened behind the end of the state, and looked at.
   *
   * @param unchanged whether, since that end, nothing was written to the database file until now
   */
  LoggedCommits(ClosedState state, AppendedCommits log, BooleanSupplier unchanged) {
    this.state = state;
    this.log = log;
    this.unchanged = unchanged;
  }

  @Override
  public @Nullable List<CommittedTransaction> find(
      Replica replica, LongFunction<TransactionPages> pages) throws IOException {
    if (state.end().epoch() != state.maxEpoch()) {
      return null; // Positions of an epoch that was left do not come again.
    }
    int most = (int) (CatchUp.MOST_BYTES / state.database().pageSize());
    boolean read = log.read(new Collector(pages), most);
    return read && found.size() <= MOST_TRANSACTIONS && isFollowed(replica) ? found : null;
  }

  /** Whether the tables stay what they are, and no page of theirs was cut off. */
  private boolean isFollowed(Replica replica) {
    for (CommittedTransaction transaction : found) {
      if (!replica.keepsTables(transaction.pages)) {
        return false;
      }
    }
    return true;
  }

  /** How many frames were found. */
  int frames() {
    return frames;
  }

  @Override
  public boolean isProven() {
    try {
      return unchanged.getAsBoolean() && log.isStillThere();
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** Collects the transactions. */
  private final class Collector implements FrameSink {
    private final LongFunction<TransactionPages> pages;
    private final int pageSize = state.database().pageSize();
    private final long seen = Micros.now();
    private CommittedTransaction open;
    private long bytes;

    Collector(LongFunction<TransactionPages> pages) {
      this.pages = pages;
      this.open = new CommittedTransaction(pages.apply(0));
    }

    @Override
    public byte[] buffer() {
      return new byte[pageSize];
    }

    @Override
    public void frame(int pageNumber, byte[] page) {
      open.pages.put(pageNumber, page);
      frames++;
    }

    @Override
    public void commit(long generation, int frame, int databaseSize) {
      LogPosition end = state.end();
      long epoch = generation == 1 ? end.epoch() : CatchUp.nextEpoch(state);
      open.pages.databaseSize(databaseSize);
      open.committed(epoch, frame, seen, log.position());
      found.add(open);
      bytes += open.pages.bytes();
      open = new CommittedTransaction(pages.apply(bytes));
    }

    @Override
    public void rollback() {
      throw new IllegalStateException("what is not proven is forgotten");
    }
  }
}
