// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.history.PageHistory;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.TransactionPages;
import dev.waltap.wal.WalPosition;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a {@link Backlog}, first in, first out. While they are few they wait as they
 * are, which costs nothing; past that, as differences in a {@link PageHistory}, and then all that
 * come until the last of those is gone. Large ones always wait as they are, in their turn: they
 * would drive everything out of what the history remembers, and seldom come back to a page. For the
 * capture thread.
 */
final class WaitingTransactions {

  /**
   * What a transaction of a few pages takes that waits as it is, besides their images: its arrays
   * 230 bytes, its other objects 150, headers of the images' arrays.
   */
  private static final int OBJECTS = 512;

  /** What it takes when its pages are in the history: an entry and a position. */
  private static final int ENTRY_OBJECTS = 96;

  /** With room for less than that many recent pages a history would hold little but whole ones. */
  private static final int MIN_RECENT = 8;

  /** One that waits behind others that are in the history; it is there, too, if not held here. */
  private record Entry(
      long epoch,
      long frame,
      long timestampMicros,
      WalPosition walPosition,
      @Nullable CommittedTransaction held) {}

  private final PageBuffers buffers;

  /** Bytes that they may take, which others decide, too: a history is made for what it is then. */
  private final LongSupplier memory;

  private PageHistory history;
  private long historyMemory;
  private final ArrayDeque<CommittedTransaction> first = new ArrayDeque<>();
  private final ArrayDeque<Entry> behind = new ArrayDeque<>();
  private long unencodedBytes;
  private long bytes;

  /**
   * None yet.
   *
   * @param memory about how many bytes they may take, as of now: an eighth of it without being
   *     encoded. A transaction of more than a quarter is never encoded
   */
  WaitingTransactions(PageBuffers buffers, LongSupplier memory) {
    this.buffers = buffers;
    this.memory = memory;
    this.historyMemory = memory.getAsLong();
    this.history = new PageHistory(buffers, historyMemory);
  }

  /** Whether those that come now wait as they are, as long as none before them is encoded. */
  private boolean isUnencoded(long present) {
    long most = present / 8;
    return unencodedBytes < most || most / buffers.pageSize() < MIN_RECENT;
  }

  private void encode(TransactionPages pages, long present) {
    if (history.isEmpty() && historyMemory != present) {
      history = new PageHistory(buffers, present);
      historyMemory = present;
    }
    history.append(pages);
  }

  /** Adds one; false if its pages were taken out of it, so that it can serve again. */
  boolean add(CommittedTransaction transaction) {
    long size = transaction.pages.bytes();
    long present = memory.getAsLong();
    boolean large = size > present / 4;
    bytes += size;
    if (behind.isEmpty() && (large || isUnencoded(present))) {
      first.addLast(transaction);
      unencodedBytes += size + OBJECTS;
      return true;
    }
    behind.addLast(
        new Entry(
            transaction.epoch(),
            transaction.frame(),
            transaction.timestampMicros(),
            transaction.walPosition(),
            large ? transaction : null));
    if (large) {
      unencodedBytes += size + OBJECTS;
    } else {
      encode(transaction.pages, present);
    }
    return large;
  }

  /**
   * The next one; null if there is none.
   *
   * @param empty gives one to fill
   */
  @Nullable CommittedTransaction poll(Supplier<CommittedTransaction> empty) {
    CommittedTransaction next = first.pollFirst();
    if (next == null) {
      Entry entry = behind.pollFirst();
      if (entry == null) {
        assert bytes == 0 && unencodedBytes == 0 && history.isEmpty() : "bytes of nothing";
        return null;
      }
      next = entry.held();
      if (next == null) {
        return decoded(entry, empty.get());
      }
    }
    bytes -= next.pages.bytes();
    unencodedBytes -= next.pages.bytes() + OBJECTS;
    return next;
  }

  private CommittedTransaction decoded(Entry entry, CommittedTransaction into) {
    history.take(into.pages);
    into.committed(entry.epoch(), entry.frame(), entry.timestampMicros(), entry.walPosition());
    bytes -= into.pages.bytes();
    return into;
  }

  /** Forgets all; those that can serve again are given back. */
  void clear(Consumer<CommittedTransaction> unused) {
    first.forEach(unused);
    first.clear();
    for (Entry entry : behind) {
      if (entry.held() != null) {
        unused.accept(entry.held());
      }
    }
    behind.clear();
    history.clear();
    unencodedBytes = 0;
    bytes = 0;
  }

  int size() {
    return first.size() + behind.size();
  }

  boolean isEmpty() {
    return first.isEmpty() && behind.isEmpty();
  }

  /** When the next one was seen; -1 if there is none. */
  long oldestMicros() {
    if (!first.isEmpty()) {
      return first.getFirst().timestampMicros();
    }
    return behind.isEmpty() ? -1 : behind.getFirst().timestampMicros();
  }

  /** Bytes of their page images, as they will be decoded. */
  long bytes() {
    return bytes;
  }

  /** Bytes of memory that they take. */
  long memory() {
    return unencodedBytes + history.bytes() + (long) behind.size() * ENTRY_OBJECTS;
  }
}
