// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a stream of this process is shown on: a terminal, or a file or pipe in its place. Any thread
 * may ask.
 */
public final class Terminal {

  private static final int DEFAULT_COLUMNS = 80;
  private static final int MAX_COLUMNS = 10_000;
  private static final long STTY_SECONDS = 2;

  /** A file or a pipe. */
  public static final Terminal NONE = new Terminal(false, () -> 0, Map.of());

  private final boolean present;
  private final IntSupplier measure;
  private final Map<String, String> environment;

  /**
   * What a stream is shown on.
   *
   * @param measure how wide the terminal says that it is; 0 if it does not say
   * @param environment {@code COLUMNS}, {@code NO_COLOR} and {@code TERM} are of interest
   */
  Terminal(boolean present, IntSupplier measure, Map<String, String> environment) {
    this.present = present;
    this.measure = measure;
    this.environment = environment;
  }

  /**
   * What this descriptor of the process is connected to. Asks Linux; elsewhere it is taken for a
   * file, as Java can't say whether a single stream is a terminal.
   */
  public static Terminal ofDescriptor(int descriptor, Map<String, String> environment) {
    Path device = device(Path.of("/proc/self/fd/" + descriptor));
    return new Terminal(device != null, () -> device == null ? 0 : columnsOf(device), environment);
  }

  /** Whether it is a terminal. */
  public boolean isPresent() {
    return present;
  }

  /** Whether a line can be written over: it is a terminal, and no {@code TERM=dumb}. */
  public boolean moves() {
    return present && !environment.getOrDefault("TERM", "dumb").equals("dumb");
  }

  /** Whether to use colours: the cursor moves, and {@code NO_COLOR} is not set, or empty. */
  public boolean isColored() {
    return moves() && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /**
   * How many characters fit into a line: {@code COLUMNS}, else what the terminal says now, else 80.
   */
  public int columns() {
    int asked = number(environment.getOrDefault("COLUMNS", ""));
    int columns = asked > 0 ? asked : measure.getAsInt();
    return columns > 0 ? columns : DEFAULT_COLUMNS;
  }

  private static @Nullable Path device(Path link) {
    try {
      Path target = Files.readSymbolicLink(link);
      String name = target.toString();
      return name.startsWith("/dev/pts/")
              || name.startsWith("/dev/tty")
              || name.equals("/dev/console")
          ? target
          : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** Asks {@code stty}, which every system with such devices has: Java can't ask the terminal. */
  private static int columnsOf(Path device) {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(device.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
          return 0;
        }
        byte[] said = stty.getInputStream().readAllBytes();
        String[] size = new String(said, StandardCharsets.US_ASCII).strip().split(" ", -1);
        return size.length == 2 ? number(size[1]) : 0;
      } finally {
        stty.destroyForcibly();
      }
    } catch (IOException e) {
      return 0; // It may not be opened, or there is no stty.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static int number(String text) {
    try {
      int number = Integer.parseInt(text);
      return number > 0 && number <= MAX_COLUMNS ? number : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
