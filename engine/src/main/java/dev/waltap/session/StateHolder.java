// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.Position;
import org.jspecify.annotations.Nullable;

/** Leads the handler's acknowledgements to the state that the capture thread has opened. */
public final class StateHolder {
  private volatile @Nullable DurableState state;

  /** From the capture thread. */
  void hold(DurableState opened) {
    state = opened;
  }

  /** From the handler's thread: everything up to here was taken. */
  public void acknowledge(Position position) {
    DurableState current = state;
    if (current != null) {
      current.acknowledge(position);
    }
  }
}
