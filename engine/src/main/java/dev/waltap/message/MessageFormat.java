// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import java.io.IOException;

/**
 * Turns changes into messages. It must be given every change of a stream once, in order, beginning
 * with the first one of a transaction. For one thread.
 */
public interface MessageFormat {

  /**
   * Gives the messages of one change, in order: none, one or several.
   *
   * @throws IOException if the sink does
   */
  void messages(Change change, MessageSink to) throws IOException;

  /** Nothing of this database was ever sent to where the messages go. Before the first change. */
  default void nothingBefore() {}
}
