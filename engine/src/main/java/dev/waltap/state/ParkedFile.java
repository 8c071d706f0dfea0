// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waltap.host.PrivateFiles;
import dev.waltap.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
   * What it is to hold, as of now: that may be written at any later time, and holds or not as if it
   * had been written now. The state is not open.
   *
   * @param conditions all that has to be the same, as text: the files of the database, and what
   *     else decides what opening it would emit
   * @return null if the system does not say which start of the computer this is
   * @throws IOException if the state can't be read
   */
  public static @Nullable String content(StateDirectory directory, String conditions)
      throws IOException {
    String boot = Processes.bootId();
    if (boot.isEmpty()) {
      return null;
    }
    String seen = HexFormat.of().formatHex(Files.readAllBytes(directory.commitCountFile()));
    byte[] all = String.join("\n", boot, seen, conditions).getBytes(UTF_8);
    return HexFormat.of().toHexDigits(Lz4Codec.hash(all, all.length)) + "\n";
  }

  /**
   * Writes it. The state may have been opened since, or be open: what is found then is that it does
   * not hold.
   *
   * @param content as of {@link #content}
   * @throws IOException if it can't be written
   */
  public static void write(StateDirectory directory, String content) throws IOException {
    byte[] bytes = content.getBytes(US_ASCII);
    Path file = directory.parkedFile();
    try {
      Files.write(file, bytes, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      PrivateFiles.create(file);
      Files.write(file, bytes);
    }
  }

  /** Whether it was written for the same conditions, and holds still. */
  public static boolean isOf(StateDirectory directory, String conditions) {
    try {
      String content = content(directory, conditions);
      return content != null
          && directory.exists()
          && Files.readString(directory.parkedFile(), ISO_8859_1).equals(content);
    } catch (IOException e) {
      return false;
    }
  }
}
