// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.GapPolicy;
import dev.waltap.io.FileNames;
import dev.waltap.output.SavedState;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares the saved state with what an output holds that keeps positions, before the capture
 * begins. Closed after the output. For the command's thread.
 */
final class StreamOpening implements Closeable {
  private final Path database;
  private final @Nullable SavedState state;

  /**
   * For this database and state.
   *
   * @param state null for a run that keeps none, or moves no position
   */
  StreamOpening(Path database, @Nullable Path state) {
    this.database = database;
    this.state = state == null ? null : new SavedState(database, state);
  }

  /**
   * Opens the output.
   *
   * @param output null for one that keeps no positions
   * @return whether the capture has to start over
   * @throws CaptureException GAP if it would have to and must not
   */
  boolean open(@Nullable StreamOutput output, GapPolicy onGap, Console console)
      throws IOException, InterruptedException {
    if (output == null) {
      return false;
    }
    StreamStart start = output.open(state == null ? null : state.stream());
    if (start.kind() == StreamStart.Kind.GAP && onGap == GapPolicy.FAIL) {
      throw new CaptureException(
          Reason.GAP,
          FileNames.text(database)
              + ": "
              + start.why()
              + "; start again with --on-gap bootstrap, which delivers everything again");
    }
    if (start.kind() != StreamStart.Kind.CONTINUE) {
      console.warning(start.why() + ": starting over with a bootstrap");
    }
    return start.kind() != StreamStart.Kind.CONTINUE;
  }

  /** No output is in use that keeps a position, or asks for what was delivered last. */
  void forget() throws IOException {
    if (state != null) {
      state.forget();
    }
  }

  /** What the state knows of the stream that goes on; nothing for a stream that begins. */
  Optional<SavedStream> known() {
    return state != null && state.exists() ? Optional.of(state.stream()) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    if (state != null) {
      state.close();
    }
  }
}
