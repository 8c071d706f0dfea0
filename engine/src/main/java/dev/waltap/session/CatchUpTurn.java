// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import dev.waltap.api.Source;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Replica;
import dev.waltap.decode.TransactionDecoder;
import dev.waltap.deliver.StagedChanges;
import dev.waltap.deliver.StoppedException;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.format.DatabaseException;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.state.StateAppender;
import dev.waltap.wal.LogKeeper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One turn of {@link CatchUp}, with the state in hand: finds what was committed, adds it to the
 * state, emits it, and saves that it was delivered. For one thread.
 */
final class CatchUpTurn {

  /** Of pages that differ, so much is held uncompressed. */
  private static final long MEMORY = 1 << 20;

  private final CatchUp by;
  private final ParkedCapture parked;
  private final StateAppender state;
  private final MissedCommits missed;
  private final Runnable deliver;
  private final int pageSize;
  private final PageBuffers buffers;
  private final StagedChanges staged;
  private boolean added;
  private @Nullable Position acknowledged;

  CatchUpTurn(
      CatchUp by,
      ParkedCapture parked,
      StateAppender state,
      MissedCommits missed,
      Runnable deliver) {
    this.by = by;
    this.parked = parked;
    this.state = state;
    this.missed = missed;
    this.deliver = deliver;
    this.pageSize = parked.state().database().pageSize();
    this.buffers = new PageBuffers(pageSize, MEMORY / 4);
    this.staged = new StagedChanges(by.queue, state::sync, deliver);
  }

  /** Says that what was found may not be all, or not be so any more. */
  private static final class ChangedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChangedException() {
      super("changed", null, false, false);
    }
  }

  /** Does it; null if only a session can, and what was given if there is nothing to do. */
  @Nullable ParkedCapture run() {
    try (Replica replica = new Replica(buffers, MEMORY, CatchUp.filter(by.options))) {
      return run(replica);
    } catch (ChangedException | IOException e) {
      return null;
    } catch (DatabaseException | UnknownPageException | UncheckedIOException e) {
      if (added) {
        throw e;
      }
      return null; // A session finds out what is wrong, and says it.
    } catch (CaptureException e) {
      if (added) {
        throw e;
      }
      by.listener.detail("catching up needs the whole state: " + e.getMessage());
      return null;
    }
  }

  private @Nullable ParkedCapture run(Replica replica) throws IOException {
    replica.pageSet().seed(parked.state().pageSeed());
    if (!replica.recall(parked.summary(), parked.schema(), state::loadPage)) {
      return null;
    }
    try (PageStore overflow = new PageStore(pageSize, MEMORY / 4)) {
      List<CommittedTransaction> found =
          missed.find(
              replica,
              bytes -> new TransactionPages(buffers, overflow, Math.max(0, MEMORY / 2 - bytes)));
      if (found == null || bytes(found) > CatchUp.MOST_BYTES) {
        return null;
      }
      if (found.isEmpty()) {
        return missed.isProven() ? parked : null;
      }
      replica.decoder(
          new Emitter(staged, by.options.schemaEvents(), this::source, LogKeeper.NONE), this::add);
      emit(replica, found);
    }
    by.counters.pageSet(replica.pageSet());
    return new ParkedCapture(parked.state(), replica.summary(), parked.schema(), false);
  }

  private static long bytes(List<CommittedTransaction> transactions) {
    return transactions.stream().mapToLong(transaction -> transaction.pages.bytes()).sum();
  }

  private void emit(Replica replica, List<CommittedTransaction> found) {
    by.holder.hold(position -> acknowledged = position);
    boolean saved;
    try {
      for (CommittedTransaction transaction : found) {
        if (!isDecoded(replica.decoder(), transaction)) {
          break; // The next turn begins with it, and leaves it to a session.
        }
        state.emitted();
        transaction.pages.clear();
        by.counters.transaction();
      }
      staged.release();
      deliver.run();
    } finally {
      saved = saveAcknowledgement();
    }
    if (!saved) {
      throw new StoppedException();
    }
  }

  /** Whether it could be; one behind others may not be, of which nothing was emitted then. */
  private boolean isDecoded(TransactionDecoder decoder, CommittedTransaction transaction) {
    try {
      decoder.decode(transaction);
      return true;
    } catch (DatabaseException | UnknownPageException e) {
      if (!added || decoder.hasEmitted()) {
        throw e;
      }
      return false;
    }
  }

  /** Saves what was delivered, and whether that is all; a handler may have interrupted this. */
  private boolean saveAcknowledgement() {
    Position reached = acknowledged;
    if (reached == null || !added) {
      return false;
    }
    boolean interrupted = Thread.interrupted();
    try {
      state.acknowledge(reached);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return parked.state().end().isWithin(reached);
  }

  private Source source() {
    return new Source(SourceName.of(by.options), parked.state().stream());
  }

  /** The last moment at which nothing has been done is before the first is added. */
  private void add(CommittedTransaction transaction, TransactionDiff diff, LogKeeper keeper) {
    if (!added && !missed.isProven()) {
      throw new ChangedException();
    }
    added = true;
    state.add(
        DurableState.entry(transaction), DurableState.images(transaction.pages, diff, keeper));
  }
}
