// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.session.ParkedCapture;
import org.jspecify.annotations.Nullable;

/**
 * What {@link CaptureEngine#catchUp} goes on from: what a capture that has ended left in memory.
 * Good for one use, which leaves the next.
 */
public final class Parked {
  private final ParkedCapture session;

  private Parked(ParkedCapture session) {
    this.session = session;
  }

  static @Nullable Parked of(@Nullable ParkedCapture session) {
    return session == null ? null : new Parked(session);
  }

  ParkedCapture session() {
    return session;
  }

  /** About how many bytes of memory it takes. */
  public long bytes() {
    return session.bytes();
  }
}
