// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

/**
 * Where a session is. For the capture thread.
 *
 * <pre>
 *                 may become
 *  ATTACHED       STARTING, RESUMING
 *  STARTING       TAILING, ENDED
 *  RESUMING       TAILING, CLOSING_GAP, ENDED
 *  TAILING        CLOSING_GAP, ENDED
 *  CLOSING_GAP    TAILING
 *  ENDED          -
 * </pre>
 */
enum SessionPhase {
  /** The database is open; nothing of it was read yet. */
  ATTACHED,
  /** A snapshot is read, and its rows may be emitted. */
  STARTING,
  /** The saved state is brought to where it ends, and no commit after it was decoded yet. */
  RESUMING,
  /** Commits are decoded as they come. */
  TAILING,
  /** The log does not lead on: what happened is read from a snapshot. */
  CLOSING_GAP,
  /** All that was asked for is delivered. */
  ENDED;

  /** Whether that phase may follow this one. */
  boolean mayBecome(SessionPhase next) {
    return switch (this) {
      case ATTACHED -> next == STARTING || next == RESUMING;
      case STARTING -> next == TAILING || next == ENDED;
      case RESUMING -> next == TAILING || next == CLOSING_GAP || next == ENDED;
      case TAILING -> next == CLOSING_GAP || next == ENDED;
      case CLOSING_GAP -> next == TAILING;
      case ENDED -> false;
    };
  }
}
