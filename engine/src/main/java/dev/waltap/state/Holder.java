// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a state.
 *
 * @param pid its process
 * @param host where that runs
 * @param since when it took hold
 * @param command what it is doing, one word or a few; no arguments, they may hold secrets
 */
public record Holder(long pid, String host, Instant since, String command) {

  /** Four lines, as written to the lock file. */
  String store() {
    return pid + "\n" + host + "\n" + since + "\n" + command.replace('\n', ' ') + "\n";
  }

  /** Reads what {@link #store} wrote; null for anything else, such as a file half written. */
  static @Nullable Holder load(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() != 4) {
      return null;
    }
    try {
      return new Holder(
          Long.parseLong(lines.get(0)), lines.get(1), Instant.parse(lines.get(2)), lines.get(3));
    } catch (NumberFormatException | DateTimeParseException e) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "process " + pid + " on " + host + " since " + since + " (" + command + ")";
  }
}
