// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * Runs a capture. Each of the three modes blocks its caller until it is done, closed or failed, and
 * calls the handler on the caller's thread; {@link #start} runs one of them on a thread of its own.
 * An instance runs once.
 *
 * <p><b>Life cycle</b>, the same from every thread:
 *
 * <ul>
 *   <li>Built, a capture may be set up and torn down, and then run once. Another run, or one beside
 *       a setup, throws {@link IllegalStateException}.
 *   <li>{@link #close} ends what is under way, a setup included, and what was closed does not run
 *       again: a mode returns at once, since whoever closes may be faster, {@code setup} throws.
 *   <li>An interrupt of the thread that runs the capture ends it in order: what was handled counts
 *       as delivered and is saved, the flag stays set, and the mode throws a {@link
 *       CaptureException} whose cause is an {@link InterruptedException}. During {@code setup}
 *       nothing is set up then.
 *   <li>A handler that calls {@link System#exit} never returns, so its batch is undelivered; a
 *       shutdown hook may close the capture nevertheless.
 * </ul>
 */
public interface Engine extends AutoCloseable {

  /**
   * Delivers changes only: from the saved position if there is one, else from now, until closed.
   *
   * @throws CaptureException if the database is refused, the handler threw or capture failed
   */
  void cdc();

  /**
   * Delivers every existing row of one consistent snapshot. Opens no state, even where a directory
   * was named: it moves no saved position, and runs beside a capture that holds the state.
   *
   * @throws CaptureException if the database is refused, the handler threw or capture failed
   */
  void bootstrap();

  /**
   * Delivers the snapshot, then every change after exactly that snapshot, until closed; continues
   * from a saved position if there is one.
   *
   * @throws CaptureException if the database is refused, the handler threw or capture failed
   */
  void bootstrapAndCdc();

  /**
   * Runs a mode on a thread of its own, which also calls the handler, and which keeps the JVM alive
   * until the capture has ended. Returns at once.
   *
   * @throws IllegalStateException if the capture ran or runs already
   * @throws UnsupportedOperationException by an engine that knows the blocking methods only
   */
  default CaptureHandle start(CaptureMode mode) {
    throw new UnsupportedOperationException("this engine has blocking methods only");
  }

  /** Starts {@link #cdc} on a thread of its own; see {@link #start(CaptureMode)}. */
  default CaptureHandle start() {
    return start(CaptureMode.CDC);
  }

  /**
   * Ends the capture in order: the batch that the handler has is finished and saved. Works from any
   * thread, at any time, any number of times. When it has returned, nothing of the capture runs any
   * more, and nothing of it is open; unless it was called from a thread that the capture itself
   * waits for, that is from the handler, the listener or a wake signal: then it returns at once,
   * and the capture ends when they have returned.
   */
  @Override
  void close();
}
