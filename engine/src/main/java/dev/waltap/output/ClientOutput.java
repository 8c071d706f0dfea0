// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import dev.waltap.api.ChangesHandler;
import java.io.Closeable;
import java.io.IOException;

/**
 * An output by way of a client, in a jar of its own. Batches, then {@link #close}, all from one
 * thread; {@link #stop} from any.
 */
public interface ClientOutput extends ChangesHandler, Closeable {

  /** Abandons what is only retried, and what does not end within 3 seconds. */
  void stop();

  @Override
  void close() throws IOException;
}
