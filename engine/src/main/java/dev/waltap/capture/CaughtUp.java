// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.session.CatchUp;

/** What {@link CaptureEngine#catchUp} came to. */
public enum CaughtUp {
  /** Nothing was done: the capture has to be run to find out what there is to do. */
  UNKNOWN,
  /** Nothing was done, since a transaction may be about to be committed. */
  PENDING,
  /** There was nothing to do. */
  NOTHING,
  /** All that there was is delivered. */
  EMITTED,
  /** The capture was closed. */
  ENDED;

  static CaughtUp of(CatchUp.Outcome outcome) {
    return switch (outcome) {
      case UNKNOWN -> UNKNOWN;
      case PENDING -> PENDING;
      case NOTHING -> NOTHING;
      case EMITTED -> EMITTED;
    };
  }
}
