// SPDX-License-Identifier: Apache-2.0
package dev.waltap.live;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import java.util.List;

/** Hands on what it gets, and shows it afterwards, if somebody looks on. */
final class LiveTap implements ChangesHandler {
  private final LiveStream stream;
  private final String database;
  private final ChangesHandler next;

  LiveTap(LiveStream stream, String database, ChangesHandler next) {
    this.stream = stream;
    this.database = database;
    this.next = next;
  }

  @Override
  public void handleChanges(List<Change> changes) throws Exception {
    next.handleChanges(changes);
    if (stream.isWatched()) {
      show(changes);
    }
  }

  private void show(List<Change> changes) {
    try {
      stream.show(database, changes);
    } catch (RuntimeException e) {
      // They are delivered: that they can't be shown must not deliver them again.
      return;
    }
  }

  @Override
  public void flush() throws Exception {
    next.flush();
  }
}
