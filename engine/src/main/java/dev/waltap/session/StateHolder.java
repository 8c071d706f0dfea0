// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.Position;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Leads the handler's acknowledgements to the state that the capture thread has opened. */
public final class StateHolder {
  private volatile @Nullable Consumer<Position> state;

  /** From the capture thread. */
  void hold(Consumer<Position> opened) {
    state = opened;
  }

  /** From the handler's thread: everything up to here was taken. */
  public void acknowledge(Position position) {
    Consumer<Position> current = state;
    if (current != null) {
      current.accept(position);
    }
  }
}
