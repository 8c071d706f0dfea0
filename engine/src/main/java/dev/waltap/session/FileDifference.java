// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Micros;
import dev.waltap.decode.Replica;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.io.DatabaseFile;
import dev.waltap.page.TransactionPages;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.state.ClosedState;
import dev.waltap.wal.WalPosition;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What a database file, which is the whole database, differs in: as one transaction. */
final class FileDifference implements MissedCommits {

  /** The database has no WAL, or an empty one: the position of a reader of such a one. */
  private static final WalPosition NO_LOG = new WalPosition(0, 0, 0, 0);

  private final ClosedState state;
  private final DatabaseFile file;
  private final ChangeQueue queue;
  private final BooleanSupplier unchanged;

  /**
   * That of a file.
   *
   * @param queue says when it is of no use any more
   * @param unchanged whether, from before this was made until now, nothing was written to the file,
   *     and no commit was anywhere else
   */
  FileDifference(
      ClosedState state, DatabaseFile file, ChangeQueue queue, BooleanSupplier unchanged) {
    this.state = state;
    this.file = file;
    this.queue = queue;
    this.unchanged = unchanged;
  }

  @Override
  public @Nullable List<CommittedTransaction> find(
      Replica replica, LongFunction<TransactionPages> pages) {
    CommittedTransaction net = new CommittedTransaction(pages.apply(0));
    Snapshot snapshot = Snapshot.ofFile(file, state.database().pageSize());
    try {
      if (!replica.compareRows(
          snapshot, net.pages, (done, of) -> StoppingListener.requireRunning(queue))) {
        return null;
      }
    } finally {
      snapshot.release();
    }
    net.committed(CatchUp.nextEpoch(state), NO_LOG.frame(), Micros.now(), NO_LOG);
    return net.pages.size() == 0 ? List.of() : List.of(net);
  }

  @Override
  public boolean isProven() {
    return unchanged.getAsBoolean();
  }
}
