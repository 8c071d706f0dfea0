// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Micros;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.wal.FrameSink;
import dev.waltap.wal.WalPosition;
import java.util.ArrayDeque;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Transactions copied out of the WAL that are not decoded yet. Copying must not wait for decoding,
 * since the WAL does not wait; so a backlog grows while decoding is held up, within a few megabytes
 * of memory: small transactions as what they changed of the versions before, so that some hundred
 * megabytes of WAL fit. Past them the WAL itself is the backlog, and the guard's to hold: to copy
 * more of it to a file, and back, takes longer than to decode it, so it would never be caught up
 * with. Only a transaction that is larger by itself goes to a temporary file, compressed. For the
 * capture thread.
 */
public final class Backlog implements FrameSink, AutoCloseable {
  private static final int MAX_SPARE = 64;

  private final PageBuffers buffers;
  private final PageStore store;
  private final long memory;
  private final LongUnaryOperator epochOfGeneration;
  private final Supplier<WalPosition> tailPosition;
  private final WaitingTransactions waiting;
  private final ArrayDeque<CommittedTransaction> spare = new ArrayDeque<>();
  private final Supplier<CommittedTransaction> empty = this::fresh;
  private CommittedTransaction open;
  private byte @Nullable [] pending;
  private long frames;

  /** When the wal-index was looked at, or soon after; -1 as long as nothing has come of that. */
  private long seenMicros = -1;

  /**
   * An empty backlog.
   *
   * @param memory bytes past which {@link #isFull} says so, and one transaction goes to the file
   */
  public Backlog(
      PageBuffers buffers,
      long memory,
      LongUnaryOperator epochOfGeneration,
      Supplier<WalPosition> tailPosition) {
    this.buffers = buffers;
    this.store = new PageStore(buffers.pageSize(), memory / 4);
    this.memory = memory;
    this.epochOfGeneration = epochOfGeneration;
    this.tailPosition = tailPosition;
    this.waiting = new WaitingTransactions(buffers, memory, memory / 4);
    this.open = fresh();
  }

  private CommittedTransaction fresh() {
    CommittedTransaction transaction = spare.pollLast();
    if (transaction == null) {
      transaction = new CommittedTransaction(new TransactionPages(buffers, store, memory));
    }
    transaction.pages.memory(Math.max(memory / 4, memory - held()));
    return transaction;
  }

  /** A transaction to fill by hand; it comes back by {@link #recycle}. */
  public CommittedTransaction take() {
    return fresh();
  }

  /** The next transaction to decode, null if there is none; it comes back by {@link #recycle}. */
  public @Nullable CommittedTransaction poll() {
    return waiting.poll(empty);
  }

  public void recycle(CommittedTransaction transaction) {
    transaction.pages.clear();
    if (spare.size() < MAX_SPARE) {
      spare.addLast(transaction);
    }
  }

  /** Drops all that waits: a snapshot will make up for it. */
  public void forget() {
    waiting.clear(this::recycle);
    rollback();
  }

  public boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** How many transactions wait. */
  public int size() {
    return waiting.size();
  }

  /** Whether the tail should wait: the WAL itself is the backlog from here on. */
  public boolean isFull() {
    return held() >= memory;
  }

  /** When the oldest waiting transaction was seen; -1 if there is none. */
  public long oldestMicros() {
    return waiting.oldestMicros();
  }

  /** Bytes of page images that wait to be decoded, however little memory they take. */
  public long bytes() {
    return waiting.bytes();
  }

  /** Bytes of memory that those take which wait. */
  public long held() {
    return waiting.memory();
  }

  /** Frames taken in all. */
  public long frames() {
    return frames;
  }

  @Override
  public void looked() {
    seenMicros = -1;
  }

  @Override
  public byte[] buffer() {
    byte[] buffer = pending;
    if (buffer == null) {
      buffer = buffers.take();
      pending = buffer;
    }
    return buffer;
  }

  @Override
  public void frame(int pageNumber, byte[] page) {
    pending = null;
    open.pages.put(pageNumber, page);
    frames++;
  }

  @Override
  public void commit(long generation, int frame, int databaseSize) {
    if (seenMicros < 0) {
      seenMicros = Micros.now(); // Once for all that one look finds.
    }
    open.pages.databaseSize(databaseSize);
    open.committed(
        epochOfGeneration.applyAsLong(generation), frame, seenMicros, tailPosition.get());
    if (!waiting.add(open)) {
      recycle(open);
    }
    open = fresh();
  }

  @Override
  public void rollback() {
    open.pages.clear();
  }

  @Override
  public void close() {
    store.close();
  }
}
