// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.util.Set;

/**
 * Where a database of a {@link Fleet} is.
 *
 * <pre>
 *  from \ to     OPENING  RUNNING  PARKING  PARKED  WAITING  BACKING_OFF  ENDING  GONE
 *  WAITING          x                          x                 x                  x
 *  OPENING                   x        x                          x           x      x
 *  RUNNING                            x                          x           x      x
 *  PARKING                                     x       x         x           x      x
 *  PARKED                                              x                            x
 *  BACKING_OFF                                         x                            x
 *  ENDING                                              x         x                  x
 *  GONE
 * </pre>
 */
public enum MemberState {
  /** Was found, or has been written to: waits for its turn to be opened. */
  WAITING,
  /** Its output and its capture are being opened. */
  OPENING,
  /** Every later commit will be emitted. */
  RUNNING,
  /** Idle, caught up, or others wait for its place: its capture is being closed. */
  PARKING,
  /** Not open; opened again once it is written to. */
  PARKED,
  /** Its capture was refused or failed; is tried again later. */
  BACKING_OFF,
  /** Its file is gone, or the fleet was closed: its capture is about to end. */
  ENDING,
  /** It has done what it was started for, its file is gone, or the fleet was closed. */
  GONE;

  /** Whether a member may go from this state to that one. */
  public boolean mayBecome(MemberState next) {
    return switch (this) {
      case WAITING -> Set.of(OPENING, PARKED, BACKING_OFF, GONE).contains(next);
      case OPENING -> Set.of(RUNNING, PARKING, BACKING_OFF, ENDING, GONE).contains(next);
      case RUNNING -> Set.of(PARKING, BACKING_OFF, ENDING, GONE).contains(next);
      case PARKING -> Set.of(PARKED, WAITING, BACKING_OFF, ENDING, GONE).contains(next);
      case PARKED, BACKING_OFF -> Set.of(WAITING, GONE).contains(next);
      case ENDING -> Set.of(WAITING, BACKING_OFF, GONE).contains(next);
      case GONE -> false;
    };
  }

  /** Whether a capture is open, or about to be opened or closed. */
  public boolean isOpen() {
    return this == OPENING || this == RUNNING || this == PARKING || this == ENDING;
  }
}
