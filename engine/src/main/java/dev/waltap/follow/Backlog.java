// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Micros;
import dev.waltap.page.MemoryLimit;
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
  private final MemoryLimit memory;
  private final LongUnaryOperator epochOfGeneration;
  private final Supplier<WalPosition> tailPosition;
  private final WaitingTransactions waiting;
  private final ArrayDeque<CommittedTransaction> spare = new ArrayDeque<>();
  private final Supplier<CommittedTransaction> empty = this::fresh;
  private CommittedTransaction open;
  private byte @Nullable [] pending;
  private long frames;

  /** What was taken out last and did not come back yet: to decode, or to fill by hand. */
  private @Nullable CommittedTransaction out;

  /** Its bytes, if it is to be decoded. */
  private long decoding;

  /** When the wal-index was looked at, or soon after; -1 as long as nothing has come of that. */
  private long seenMicros = -1;

  /**
   * An empty backlog.
   *
   * @param memory bytes past which {@link #isFull} says so, and one transaction goes to the file;
   *     ours from here on
   */
  public Backlog(
      PageBuffers buffers,
      MemoryLimit memory,
      LongUnaryOperator epochOfGeneration,
      Supplier<WalPosition> tailPosition) {
    this.buffers = buffers;
    this.store = new PageStore(buffers.pageSize(), memory.part(1, 4));
    this.memory = memory;
    this.epochOfGeneration = epochOfGeneration;
    this.tailPosition = tailPosition;
    this.waiting = new WaitingTransactions(buffers, memory::attainable);
    this.open = fresh();
  }

  private CommittedTransaction fresh() {
    CommittedTransaction transaction = spare.pollLast();
    if (transaction == null) {
      transaction =
          new CommittedTransaction(
              new TransactionPages(buffers, store, memory.granted(), this::allowed));
    }
    transaction.pages.memory(forOne());
    return transaction;
  }

  /** Bytes of images that one transaction may hold uncompressed beside all others. */
  private long forOne() {
    long others = held() + (memory.isGrowing() ? decoding : 0);
    return Math.max(memory.granted() / 4, memory.granted() - others);
  }

  /** The same, of one that wants so many, for which memory is taken if there is some. */
  private long allowed(long wanted) {
    boolean unused = growPast(held() + decoding + wanted);
    return forOne();
  }

  /** Whether more bytes than so many may be in use, for which memory is taken if there is some. */
  private boolean growPast(long bytes) {
    long missing = bytes - memory.granted() + 1;
    if (missing <= 0) {
      return true;
    }
    long pieces = (missing + MemoryLimit.PIECE - 1) / MemoryLimit.PIECE;
    return memory.isGrowing() && memory.grow(pieces * MemoryLimit.PIECE);
  }

  /**
   * Gives back the memory that nothing is in any more, but for a little that is soon used again.
   */
  private void giveBack() {
    if (memory.reserved() == 0) {
      return;
    }
    CommittedTransaction taken = out;
    long used = held() + open.pages.bytes() + (taken == null ? 0 : taken.pages.bytes());
    long needed = used == 0 ? 0 : used + MemoryLimit.PIECE;
    long pieces = Math.min(memory.reserved(), memory.granted() - needed) / MemoryLimit.PIECE;
    if (pieces > 0) {
      memory.shrink(pieces * MemoryLimit.PIECE);
      open.pages.memory(forOne());
    }
  }

  /** Gives back all memory that is not its own, if nothing waits. */
  public void shrink() {
    giveBack();
  }

  /** A transaction to fill by hand; it comes back by {@link #recycle}. */
  public CommittedTransaction take() {
    CommittedTransaction taken = fresh();
    out = taken;
    decoding = 0;
    return taken;
  }

  /** The next transaction to decode, null if there is none; it comes back by {@link #recycle}. */
  public @Nullable CommittedTransaction poll() {
    CommittedTransaction next = waiting.poll(empty);
    out = next;
    decoding = next == null ? 0 : next.pages.bytes();
    return next;
  }

  public void recycle(CommittedTransaction transaction) {
    transaction.pages.clear();
    if (transaction == out) { // Others come back while it is decoded.
      out = null;
      decoding = 0;
    }
    giveBack();
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
    return !growPast(held());
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
    giveBack();
  }

  @Override
  public void close() {
    memory.close();
    store.close();
  }
}
