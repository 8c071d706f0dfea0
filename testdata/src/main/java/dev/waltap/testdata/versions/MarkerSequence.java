// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import dev.waltap.api.Change;
import dev.waltap.testdata.oracle.Markers;

/**
 * Sees that each transaction is emitted by itself: each adds one to the marker, so a marker that
 * grew by more stands for transactions that came together, which only a gap explains. Any thread
 * may call it.
 */
final class MarkerSequence {
  private long last = -1;
  private long skips;
  private long jump = -1;

  /** Takes a change, before anybody else does. */
  synchronized void accept(Change change) {
    long number = Markers.numberIn(change);
    if (number >= 0) {
      if (last >= 0 && number != last + 1 && number != jump) {
        skips++;
      }
      last = number;
    }
  }

  /** The marker will be set to this, whatever it was. */
  synchronized void expect(long number) {
    jump = number;
  }

  /** The next marker may be any: the capture starts again. */
  synchronized void restart() {
    last = -1;
    skips = 0;
  }

  /** How often transactions came together since the restart. */
  synchronized long skips() {
    return skips;
  }
}
