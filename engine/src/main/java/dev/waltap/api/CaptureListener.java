// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * Notified of how a capture goes, for people: progress, warnings, readiness. Called from the
 * engine's threads, one call at a time; must return soon and not throw.
 */
public interface CaptureListener {

  /** Does nothing. */
  CaptureListener NONE = new CaptureListener() {};

  /** Every later commit is certain to be emitted. Called once. */
  default void ready() {}

  /**
   * Reports the progress of long work.
   *
   * @param work what is done: {@code scan}, {@code bootstrap}, {@code reconcile}
   * @param done how much is done
   * @param total how much there is, in the same unit; -1 if not known
   * @param unit {@code pages} or {@code rows}
   */
  default void progress(String work, long done, long total, String unit) {}

  /** Something a person should know; one line. */
  default void warning(String message) {}

  /**
   * Something a person may want to know, that is as it is to be expected; one line. Unless
   * overridden, a {@link #detail}.
   */
  default void note(String message) {
    detail(message);
  }

  /** Something a curious person may want to know; one line. */
  default void detail(String message) {}
}
