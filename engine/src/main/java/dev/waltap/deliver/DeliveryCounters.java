// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.Change;
import dev.waltap.decode.Micros;
import org.jspecify.annotations.Nullable;

/** Counts what the handler took. Written by the handler's thread, read by any. */
public final class DeliveryCounters {
  private volatile long changes;
  private volatile long transactions;
  private volatile long bytes;
  private volatile long handlingMicros = -1;

  /** The handler is given changes of which this is the first; null when it has returned. */
  void handling(@Nullable Change first) {
    handlingMicros = first == null ? -1 : Micros.of(first.timestamp());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the handler's thread
  void delivered(ChangeQueue.Batch batch) {
    changes += batch.changes().size();
    transactions += batch.transactions();
    bytes += batch.bytes();
  }

  /** Transactions of whose last change the handler returned. */
  public long transactions() {
    return transactions;
  }

  /** Changes that the handler returned from. */
  public long changes() {
    return changes;
  }

  /** Bytes of their images, as the queue counts them. */
  public long bytes() {
    return bytes;
  }

  /** When the first change was seen that the handler has now, see {@link Micros}; -1 for none. */
  public long handlingMicros() {
    return handlingMicros;
  }
}
