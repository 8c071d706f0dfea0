package dev.waltap.capture;

import dev.waltap.api.GuardMode;

/**
 * Holds a read transaction when history would be lost without it. For the capture thread.
 *
 * <p>A reader that stands at a mark keeps the WAL from being restarted, and the application pays
 * for that: past its autocheckpoint threshold every commit tries a checkpoint. So ADAPTIVE holds
 * one only when the backlog is full; ALWAYS holds one all the time. Past the WAL limit it is let
 * go, whatever happens.
 */
final class Guard {
  private final GuardMode mode;
  private final long walLimit;
  private final Attachment attachment;

  Guard(GuardMode mode, long walLimit, Attachment attachment) {
    this.mode = mode;
    this.walLimit = walLimit;
    this.attachment = attachment;
  }

  /** Called before each look at the log. */
  void beforePoll(boolean backlogFull) {
    boolean wanted =
        switch (mode) {
          case ALWAYS -> true;
          case ADAPTIVE -> backlogFull;
          case NEVER -> false;
        };
    DatabaseConnection connection = attachment.connection();
    if (connection.isReading()) {
      if (!wanted || attachment.walBytes() >= walLimit) {
        connection.endRead();
      }
    } else if (wanted && attachment.walBytes() < walLimit) {
      connection.beginRead();
    }
  }

  /** Called when there is nothing to do. */
  void idle() {
    release();
  }

  /** Lets go. */
  void release() {
    attachment.connection().endRead();
  }
}
