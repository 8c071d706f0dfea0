// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import dev.waltap.io.FileNames;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted where, as this process sees it; immutable.
 *
 * <pre>
 * FIELD of a line of /proc/self/mountinfo
 *     1  id                   5  mount point, octal escapes
 *     2  id of the parent     6  options of the mount
 *     3  major:minor          7  optional fields, none or more, ended by a single -
 *     4  root within the      then file system type, source, options of the file system
 *        file system
 * </pre>
 */
public final class Mounts {

  /**
   * One mount.
   *
   * @param root the directory or file of the file system that is mounted
   * @param point where
   * @param options of the mount and of the file system
   */
  public record Mount(String root, String point, String type, String source, Set<String> options) {

    /** Whether nothing can be written there. */
    public boolean isReadOnly() {
      return options.contains("ro");
    }

    /** Whether no program or library there can be run. */
    public boolean isNoexec() {
      return options.contains("noexec");
    }
  }

  /** What the system said last, and what that means. */
  private record Known(String text, Mounts mounts) {}

  private static volatile Known known = new Known("", new Mounts(List.of()));

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /** As of now; empty where the system does not say. What is as it was is not parsed again. */
  public static Mounts read() {
    String text = ProcFile.text("/proc/self/mountinfo");
    Known last = known;
    if (!last.text.equals(text)) {
      last = new Known(text, parse(text.lines().toList()));
      known = last;
    }
    return last.mounts;
  }

  static Mounts parse(List<String> lines) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : lines) {
      String[] halves = line.split(" - ", 2);
      String[] mount = halves[0].split(" ");
      String[] system = halves.length < 2 ? new String[0] : halves[1].split(" ");
      if (mount.length < 6 || system.length < 2) {
        continue;
      }
      List<String> options = new ArrayList<>(List.of(mount[5].split(",")));
      if (system.length > 2) {
        options.addAll(List.of(system[2].split(",")));
      }
      mounts.add(
          new Mount(
              unescape(mount[3]),
              unescape(mount[4]),
              system[0],
              unescape(system[1]),
              Set.copyOf(options)));
    }
    return new Mounts(List.copyOf(mounts));
  }

  /** The mount that holds a file; the path is absolute, without symbolic links. */
  public Optional<Mount> of(Path real) {
    String path = FileNames.text(real);
    Mount found = null;
    for (Mount mount : mounts) {
      // A later mount on the same point covers an earlier one.
      if (holds(mount.point, path)
          && (found == null || mount.point.length() >= found.point.length())) {
        found = mount;
      }
    }
    return Optional.ofNullable(found);
  }

  private static boolean holds(String point, String path) {
    return point.equals("/") || path.equals(point) || path.startsWith(point + "/");
  }

  /** Space, tab, line feed and backslash are written as a backslash and three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && i + 3 < bytes.length) {
        plain.write((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | (bytes[i + 3] - '0'));
        i += 3;
      } else {
        plain.write(bytes[i]);
      }
    }
    return plain.toString(StandardCharsets.UTF_8);
  }
}
