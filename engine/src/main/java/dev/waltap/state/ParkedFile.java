// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waltap.host.PrivateFiles;
import dev.waltap.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a database looked like when its capture was closed with nothing left to emit, so that the
 * next run of a fleet need not open it to find that out again. Holds only for a state that has seen
 * no commit since that counts, by the {@link CommitCountFile}, and was not replaced, and only until
 * the computer is started again: a crash of it may take away, without a trace in size and times,
 * what was written last. So the file need not be synced either. Stateless; any thread, one at a
 * time for a state.
 *
 * <pre>
 *   16 hexadecimal digits and LF: the hash of all that has to be the same
 * </pre>
 */
public final class ParkedFile {
  private ParkedFile() {}

  /**
   * Writes it, if the system says which start of the computer this is. The state is not open.
   *
   * @param conditions all that has to be the same, as text: the files of the database, and what
   *     else decides what opening it would emit
   * @throws IOException if it can't be written
   */
  public static void write(StateDirectory directory, String conditions) throws IOException {
    byte[] content = content(directory, conditions);
    if (content == null) {
      return;
    }
    Path file = directory.parkedFile();
    try {
      Files.write(file, content, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      PrivateFiles.create(file);
      Files.write(file, content);
    }
  }

  /** Whether it was written for the same conditions, and holds still. */
  public static boolean isOf(StateDirectory directory, String conditions) {
    try {
      byte[] content = content(directory, conditions);
      return content != null
          && directory.exists()
          && Arrays.equals(Files.readAllBytes(directory.parkedFile()), content);
    } catch (IOException e) {
      return false;
    }
  }

  private static byte @Nullable [] content(StateDirectory directory, String conditions)
      throws IOException {
    String boot = Processes.bootId();
    if (boot.isEmpty()) {
      return null;
    }
    String seen = HexFormat.of().formatHex(Files.readAllBytes(directory.commitCountFile()));
    byte[] all = String.join("\n", boot, seen, conditions).getBytes(UTF_8);
    return (HexFormat.of().toHexDigits(Lz4Codec.hash(all, all.length)) + "\n").getBytes(US_ASCII);
  }
}
