// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Position;
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
 * The state of a stream whose output keeps positions, too: what it knows before the capture begins,
 * and what was delivered to that output. For one thread at a time.
 */
public final class SavedState implements Closeable {
  private final Path database;
  private final StateDirectory directory;
  private @Nullable DeliveredFile delivered;

  /** The state of this database in this directory. */
  public SavedState(Path database, Path directory) {
    this.database = database;
    this.directory = StateDirectory.at(directory);
  }

  /**
   * What it knows; set up first if it is not there.
   *
   * @throws CaptureException REFUSED if another holds the state, or it can't be used
   */
  public SavedStream stream() {
    if (!directory.exists()) {
      setUp();
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

  /** Whether there is one. */
  public boolean exists() {
    return directory.exists();
  }

  /** Whether a capture, of this process or another, works with the state right now. */
  public boolean isHeld() {
    return directory.exists() && directory.holder() != null;
  }

  /** What is delivered goes to an output without positions: one that keeps them will lack it. */
  public void forget() throws IOException {
    if (DeliveredFile.isPresent(directory) && directory.exists() && directory.holder() == null) {
      DeliveredFile.forget(directory);
    }
  }

  private void setUp() {
    try (ChangeDataCapture installer =
        Waltap.open(database).stateDirectory(directory.path()).handler(changes -> {}).build()) {
      installer.setup();
    }
  }

  /** The output has everything up to here for good; null for nothing yet. */
  public void deliver(@Nullable Position position) {
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
