// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where events would go, and whether they can, as far as files say. Touches none. Stateless. */
final class OutputReport {
  private OutputReport() {}

  /** Where events would go, for people; without secrets. */
  static String describe(OutputOptions options) {
    List<String> all = new ArrayList<>();
    for (String output : options.all()) {
      all.add(describe(output));
    }
    if (options.listens()) {
      all.add("server-sent events");
    }
    return String.join(", ", all);
  }

  private static String describe(String output) {
    if (output.equals(OutputOptions.STANDARD_OUTPUT)) {
      return "standard output";
    }
    return OutputOptions.isAddress(output)
        ? output.replaceFirst("(?s)^(\\w+://)([^/@]*@)?([^/?#]*).*", "$1$3")
        : output;
  }

  /**
   * Why events can't be written where they would go; null if they can.
   *
   * @param many whether {database} in a name stands for that of each of several databases, for
   *     which directories are made
   */
  static @Nullable String problem(OutputOptions options, boolean many) {
    for (String output : options.all()) {
      String problem =
          OutputOptions.isFile(output)
              ? problem(output, options.format().isChangeset(), many)
              : null;
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String problem(String output, boolean directory, boolean many) {
    if (many && DatabasePattern.isIn(output)) {
      return problemOfMany(output);
    }
    Path path = OptionConverters.path(output).toAbsolutePath();
    if (Files.isDirectory(path) && !directory) {
      return output + " is a directory: name a file in it";
    }
    if (Files.exists(path)) {
      return Files.isWritable(path)
          ? null
          : output + " is not writable for this user: grant access";
    }
    Path parent = path.getParent();
    if (parent == null) {
      return null;
    }
    return Files.isDirectory(parent) && Files.isWritable(parent)
        ? null
        : output
            + " can't be made: "
            + parent
            + " is no directory that this user may write to:"
            + " make it, or grant access";
  }

  /** The directories are made, below the last one before the pattern that is there. */
  private static @Nullable String problemOfMany(String output) {
    String fixed = output.substring(0, output.indexOf(DatabasePattern.DATABASE));
    Path at = OptionConverters.path(fixed + "x").toAbsolutePath().normalize().getParent();
    while (at != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return at == null || (Files.isDirectory(at) && Files.isWritable(at))
        ? null
        : output
            + " can't be made: "
            + at
            + " is no directory that this user may write to: name another, or grant access";
  }
}
