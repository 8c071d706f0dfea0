// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import org.jspecify.annotations.Nullable;

/**
 * A capture that was refused or failed. The message is one line that says what, what it means and
 * what to do.
 */
public class CaptureException extends RuntimeException {

  /**
   * Why, for programs that start captures again. Whatever the reason, nothing that was delivered is
   * lost, and with state a capture that is started again continues where it was; {@link
   * #isRetryable} says where that may help. More reasons may come: treat one that you don't know as
   * its {@code isRetryable} says.
   */
  public enum Reason {
    /**
     * The database, the state or this process can't be worked with as they are: no WAL mode, no
     * access, no such table, damage, state that another capture holds. Not retryable: somebody has
     * to change that, as the message says.
     */
    REFUSED(false),
    /**
     * Something else went wrong that may pass: a lock that was not released in time, more written
     * than can be read, too little memory, an interrupt of the capture's thread (the cause is an
     * {@link InterruptedException} then). Retryable.
     */
    FAILED(true),
    /**
     * The handler threw; its exception is the cause. Retryable: with state the batch is delivered
     * again, so that it helps if what the handler writes to is there again.
     */
    HANDLER(true),
    /**
     * History was lost and the gap policy is {@link GapPolicy#FAIL}. Not retryable: with state the
     * same gap is met again, under another policy it is closed.
     */
    GAP(false),
    /**
     * Files of the database, of the state or of the page set can't be read or written: the disk is
     * full, failing or read-only, or a directory is gone. Retryable: it helps once there is space.
     */
    DISK(true),
    /**
     * A table that is captured, or the database's format, is of a kind that this version does not
     * know. Not retryable: upgrade, or leave the table out.
     */
    SCHEMA(false),
    /**
     * The database was moved, replaced, overwritten, truncated or deleted while it was captured, or
     * its log was. Retryable: what is there then is captured, or refused.
     */
    DATABASE_GONE(true),
    /**
     * What nobody expected: a fault of Waltap, or of a listener or wake signal that threw. Not
     * retryable: it may well come again. Please report it, with the stack trace.
     */
    BUG(false);

    private final boolean retryable;

    Reason(boolean retryable) {
      this.retryable = retryable;
    }

    /**
     * Whether it may help to start the same capture again after a pause, with nothing about it
     * changed.
     */
    public boolean isRetryable() {
      return retryable;
    }
  }

  private final Reason reason;

  public CaptureException(Reason reason, String message) {
    this(reason, message, null);
  }

  public CaptureException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why, for programs. */
  public Reason reason() {
    return reason;
  }
}
