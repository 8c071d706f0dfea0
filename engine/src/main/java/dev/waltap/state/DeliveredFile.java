// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import dev.waltap.host.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The last position that an output which keeps positions itself was given: if it has less, it has
 * lost something. The saved position does not show that: it also moves with transactions of which
 * nothing is delivered. Written after the output has the data, and not synced: what a crash of the
 * machine takes away is only a loss that is not noticed. While other outputs are in use there is no
 * such file. For one thread.
 *
 * <pre>
 *   position and LF, blanks before it, to a length that is always the same; "none" for no position
 * </pre>
 */
public final class DeliveredFile implements AutoCloseable {
  private static final String NONE = "none";
  private static final int LENGTH = 64;

  private final FileChannel channel;

  private DeliveredFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens the file, which says "none" where it was not there. */
  public static DeliveredFile open(StateDirectory directory) throws IOException {
    Path file = directory.deliveredFile();
    boolean isNew = !Files.exists(file);
    if (isNew) {
      PrivateFiles.create(file);
    }
    DeliveredFile opened =
        new DeliveredFile(
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ));
    if (isNew) {
      opened.write(null);
    }
    return opened;
  }

  /**
   * What a file says.
   *
   * @param known whether there is one that can be read: whether such an output was given all that
   *     the state counts as delivered
   * @param position what it was given last; null for nothing, or if that is not known
   */
  public record Content(boolean known, @Nullable Position position) {}

  /** Reads it. */
  public static Content read(StateDirectory directory) {
    try {
      String text = Files.readString(directory.deliveredFile(), StandardCharsets.US_ASCII).strip();
      return new Content(true, text.equals(NONE) ? null : Position.parse(text));
    } catch (IOException | IllegalArgumentException e) {
      return new Content(false, null); // To start over is better than to miss something.
    }
  }

  /** Whether there is one: whether an output that keeps positions was used last. */
  public static boolean isPresent(StateDirectory directory) {
    return Files.exists(directory.deliveredFile());
  }

  /** Another output is used from now on. */
  public static void forget(StateDirectory directory) throws IOException {
    Files.deleteIfExists(directory.deliveredFile());
  }

  /** The output has everything up to here, or nothing. */
  public void write(@Nullable Position position) throws IOException {
    String text = position == null ? NONE : position.toString();
    String line = " ".repeat(LENGTH - 1 - text.length()) + text + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes, bytes.position());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
