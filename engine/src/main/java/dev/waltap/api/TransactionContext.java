// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What all changes of one transaction have in common, and their maker: so that each takes memory
 * for what is its own alone. For captures; {@link Change#builder} is for tests. Immutable.
 */
public final class TransactionContext {
  final long epoch;
  final long frame;
  final Instant timestamp;
  final Source source;

  /** What a change's index in its transaction is more than that in its position: 0 in captures. */
  final long indexOffset;

  /** The id that was given; null if it is {@code epoch:frame}, as in captures. */
  private final @Nullable String givenId;

  /** That one, made when it is first asked for; threads may race and make equal ones. */
  private @Nullable String numberedId;

  /**
   * A transaction of a capture, whose id is {@code epoch:frame}.
   *
   * @param epoch of its positions
   * @param frame of its positions
   * @param timestamp when its commit was seen
   * @param source where it comes from
   */
  public TransactionContext(long epoch, long frame, Instant timestamp, Source source) {
    this.epoch = epoch;
    this.frame = frame;
    this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
    this.source = Objects.requireNonNull(source, "source");
    this.givenId = null;
    this.indexOffset = 0;
  }

  /**
   * A transaction.
   *
   * @param first the position of its first change, before any filter
   * @param transactionId see {@link Transaction#id}
   * @param timestamp when its commit was seen
   * @param source where it comes from
   */
  public TransactionContext(
      Position first, String transactionId, Instant timestamp, Source source) {
    this(first, transactionId, timestamp, source, 0);
  }

  TransactionContext(
      Position first, String transactionId, Instant timestamp, Source source, long indexOffset) {
    this.epoch = first.epoch();
    this.frame = first.frame();
    this.givenId = Objects.requireNonNull(transactionId, "transactionId");
    this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
    this.source = Objects.requireNonNull(source, "source");
    this.indexOffset = indexOffset;
  }

  /** The first part of its changes' positions. */
  public long epoch() {
    return epoch;
  }

  /** The second part of its changes' positions. */
  public long frame() {
    return frame;
  }

  /** Whether its id is {@code epoch:frame}: whoever writes it down need not ask for a string. */
  public boolean isNumbered() {
    return givenId == null;
  }

  /** See {@link Transaction#id}. */
  public String transactionId() {
    if (givenId != null) {
      return givenId;
    }
    String known = numberedId;
    if (known == null) {
      known = epoch + ":" + frame;
      numberedId = known;
    }
    return known;
  }

  /**
   * Makes a change of rows of the transaction; its key is that of the image after it, or before it
   * if there is none.
   *
   * @param index its place in the transaction, before any filter
   * @param last whether it is the last that is delivered
   */
  public Change change(
      String table,
      Operation operation,
      @Nullable KeyedImage before,
      @Nullable KeyedImage after,
      long index,
      boolean last) {
    return new Change(this, table, operation, before, after, index, last);
  }

  /**
   * Makes a change of the transaction.
   *
   * @param index its place in the transaction, before any filter
   * @param last whether it is the last that is delivered
   */
  public Change change(
      String table,
      Operation operation,
      @Nullable Row before,
      @Nullable Row after,
      @Nullable Row key,
      @Nullable TableSchema schemaBefore,
      @Nullable TableSchema schemaAfter,
      long index,
      boolean last) {
    return new Change(
        this, table, operation, before, after, key, schemaBefore, schemaAfter, index, last);
  }
}
