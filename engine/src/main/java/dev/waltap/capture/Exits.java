// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

/**
 * What is known of the end of this Java: {@link System#exit} does not return, and ends the process
 * when all shutdown hooks have. So a hook that waits for a thread which called it waits for ever.
 * Stateless.
 */
final class Exits {
  private Exits() {}

  /** Whether a thread is inside of {@link System#exit}. */
  static boolean isIn(Thread thread) {
    Thread.State state = thread.getState();
    if (state != Thread.State.WAITING && state != Thread.State.BLOCKED) {
      return false;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals("java.lang.Shutdown")) {
        return true;
      }
    }
    return false;
  }

  /** Whether shutdown hooks run. */
  static boolean hasBegun() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
