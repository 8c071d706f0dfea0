// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import dev.waltap.io.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
   * @param device of the file system, as {@link UnixAttribute#DEVICE} has it; -1 if unknown
   * @param root the directory or file of the file system that is mounted
   * @param point where
   * @param options of the mount and of the file system
   */
  public record Mount(
      long device, String root, String point, String type, String source, Set<String> options) {

    /** Whether nothing can be written there. */
    public boolean isReadOnly() {
      return options.contains("ro");
    }

    /** Whether no program or library there can be run. */
    public boolean isNoexec() {
      return options.contains("noexec");
    }
  }

  /** Many databases that are opened one after the other share a look at what is mounted. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** What the system said last, when it was asked, and what that means. */
  private record Known(String text, long nanos, Mounts mounts) {}

  private static volatile @Nullable Known known;

  private static final Set<String> LOCAL =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs");

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /** As of now; empty where the system does not say. What is as it was is not parsed again. */
  public static Mounts read() {
    long now = System.nanoTime();
    String text = ProcFile.text("/proc/self/mountinfo");
    Known last = known;
    if (last != null && last.text.equals(text)) {
      text = last.text; // And the other one is garbage at once.
      known = new Known(text, now, last.mounts);
      return last.mounts;
    }
    Mounts mounts = parse(text.lines().toList());
    known = new Known(text, now, mounts);
    return mounts;
  }

  /**
   * As of now, or of a quarter of a second ago where what is known from then leads to the file
   * system that a file is on. What was mounted since is seen by that.
   *
   * @param real the file, by an absolute path without symbolic links
   */
  public static Mounts lately(Path real) {
    return readSince(System.nanoTime() - LOOK_NANOS, real);
  }

  static Mounts readSince(long since, Path real) {
    Known last = known;
    return last != null && last.nanos - since >= 0 && last.mounts.leadTo(real)
        ? last.mounts
        : read();
  }

  private boolean leadTo(Path real) {
    try {
      long device = UnixAttribute.DEVICE.of(real);
      return of(real).map(mount -> mount.device == device).orElse(false);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false; // What can't be seen is not certain.
    }
  }

  /** When they were read last; for tests. */
  static long lastRead() {
    Known last = known;
    return last == null ? 0 : last.nanos;
  }

  /**
   * What these lines say.
   *
   * @param lines as in {@code /proc/self/mountinfo}; others are ignored
   */
  public static Mounts parse(List<String> lines) {
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
              device(mount[2]),
              unescape(mount[3]),
              unescape(mount[4]),
              system[0],
              unescape(system[1]),
              Set.copyOf(options)));
    }
    return new Mounts(List.copyOf(mounts));
  }

  /** Both numbers in one, as the C library of Linux puts them together. */
  private static long device(String numbers) {
    int colon = numbers.indexOf(':');
    try {
      long major = Long.parseLong(numbers.substring(0, Math.max(0, colon)));
      long minor = Long.parseLong(numbers.substring(colon + 1));
      return (minor & 0xff)
          | (major & 0xfff) << 8
          | (minor & ~0xffL) << 12
          | (major & ~0xfffL) << 32;
    } catch (NumberFormatException e) {
      return -1;
    }
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

  /**
   * Whether a file is on a file system that nobody writes to but this computer's kernel.
   *
   * @param real a file or directory, by an absolute path without symbolic links
   */
  public boolean isLocal(Path real) {
    return LOCAL.contains(type(real));
  }

  /** The type of the file system that a file is on; empty if that is not known. */
  String type(Path real) {
    return of(real).map(Mount::type).orElse("");
  }

  /**
   * Whether a single file is mounted in this directory, as a container's {@code -v
   * /srv/app.db:/data/app.db} does. Whoever watches the directory gets no report of what is written
   * to it: the system reports that to the directory that the file came from.
   *
   * @param directory by an absolute path without symbolic links
   */
  public boolean hasFileIn(Path directory) {
    String path = FileNames.text(directory);
    String prefix = path.endsWith("/") ? path : path + "/";
    return mounts.stream()
        .map(Mount::point)
        .anyMatch(
            point ->
                point.length() > prefix.length()
                    && point.startsWith(prefix)
                    && point.indexOf('/', prefix.length()) < 0
                    && !isDirectory(directory, point.substring(prefix.length())));
  }

  private static boolean isDirectory(Path parent, String name) {
    try {
      return Files.isDirectory(parent.resolve(name), LinkOption.NOFOLLOW_LINKS);
    } catch (InvalidPathException e) {
      return false; // What can't be seen is not certain.
    }
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
