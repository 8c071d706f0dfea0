// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An output that keeps the stream's position beside the data. {@link #open} precedes the batches,
 * from the same thread.
 */
public interface StreamOutput extends ClientOutput {

  /**
   * Connects, however long that takes, and compares what is there with the saved state.
   *
   * @param state of the stream that is going on; null for a run without state
   * @return what the capture has to begin with
   * @throws IOException if it can't be used, or was stopped meanwhile
   */
  StreamStart open(@Nullable SavedStream state) throws IOException, InterruptedException;
}
