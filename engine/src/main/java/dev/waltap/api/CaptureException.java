package dev.waltap.api;

import org.jspecify.annotations.Nullable;

/**
 * A capture that was refused or failed. The message is one line that says what, what it means and
 * what to do.
 */
public class CaptureException extends RuntimeException {

  /** Why, for programs. */
  public enum Reason {
    /** The database can't be captured as it is. */
    REFUSED,
    /** A capture that ran met an error. */
    FAILED,
    /** The handler threw; its exception is the cause. */
    HANDLER,
    /** History was lost and the gap policy is to fail. */
    GAP
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
