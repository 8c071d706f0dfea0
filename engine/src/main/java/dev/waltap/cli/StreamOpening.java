// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.Position;
import dev.waltap.io.FileNames;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import dev.waltap.state.DeliveredFile;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStatus;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Compares the saved state with what an output holds that keeps positions, before the capture
 * begins. Closed after the output. For the command's thread.
 */
final class StreamOpening implements Closeable {
  private final Path database;
  private final @Nullable StateDirectory state;
  private @Nullable DeliveredFile delivered;

  /**
   * For this database and state.
   *
   * @param state null for a run that keeps none, or moves no position
   */
  StreamOpening(Path database, @Nullable Path state) {
    this.database = database;
    this.state = state == null ? null : StateDirectory.at(state);
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
      forget();
      return false;
    }
    StreamStart start = output.open(state == null ? null : saved(state));
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

  /** What this run delivers goes elsewhere: an output that keeps positions will lack it. */
  private void forget() throws IOException {
    if (state != null
        && DeliveredFile.isPresent(state)
        && state.exists()
        && state.holder() == null) {
      DeliveredFile.forget(state);
    }
  }

  private SavedStream saved(StateDirectory directory) throws IOException {
    if (!directory.exists()) {
      setUp(directory);
    }
    // One that is held is refused before the output hears of a second writer.
    try (StateLock free = directory.hold("compare")) {
      StateStatus status = StateStatus.of(directory);
      DeliveredFile.Content content = DeliveredFile.read(directory);
      return new SavedStream(
          status.stream(),
          status.acknowledged(),
          status.end().position(),
          new SavedStream.Delivered(content.known(), content.position()),
          this::deliver);
    }
  }

  private void setUp(StateDirectory directory) {
    try (ChangeDataCapture installer =
        Waltap.open(database).stateDirectory(directory.path()).handler(changes -> {}).build()) {
      installer.setup();
    }
  }

  private void deliver(@Nullable Position position) {
    StateDirectory directory = state;
    if (directory == null) {
      return;
    }
    try {
      DeliveredFile file = delivered;
      if (file == null) {
        file = DeliveredFile.open(directory);
        delivered = file;
      }
      file.write(position);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (delivered != null) {
      delivered.close();
    }
  }
}
