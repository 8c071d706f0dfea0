// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes messages in order; called by the thread that uses the format. */
public interface MessageSink {

  /**
   * One message. The arrays are the receiver's.
   *
   * @param table the table it is about; empty for {@link MessageKind#TRANSACTION}
   * @param key null for a message that has none
   * @param value null for a tombstone: whatever this key said before is over
   * @throws IOException if the message can't be taken
   */
  void message(MessageKind kind, String table, byte @Nullable [] key, byte @Nullable [] value)
      throws IOException;
}
