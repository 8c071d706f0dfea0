// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The POSIX locks that processes hold on files, as this process sees them: those of processes
 * outside of its container are not among them. Immutable.
 *
 * <pre>
 * LINE of /proc/locks, 3: POSIX  ADVISORY  READ 1234 fe:00:2163716 1073741826 1073742335
 *   which, kind, enforcement, READ or WRITE, process, device and inode, first and last byte or EOF
 * </pre>
 */
public final class FileLocks {

  /**
   * One lock.
   *
   * @param file device and inode, as the kernel writes them
   */
  public record Lock(long process, String file, boolean exclusive, long first, long last) {

    /** The inode of the file. */
    public long inode() {
      return Long.parseLong(file.substring(file.lastIndexOf(':') + 1));
    }

    /** Whether a byte is locked. */
    public boolean covers(long offset) {
      return first <= offset && offset <= last;
    }
  }

  /** What the system said, and when it was asked. */
  private record Read(long nanos, LockLines lines) {}

  private static volatile @Nullable Read lastRead;

  private final List<Lock> locks;

  private FileLocks(List<Lock> locks) {
    this.locks = locks;
  }

  /** As of now; empty where the system does not say. */
  public static FileLocks read() {
    return parse(ProcFile.lines("/proc/locks"));
  }

  /**
   * Those on files with these inodes, as of now or of a moment ago: a fleet that looks at one
   * database after the other reads the locks of the whole system once for many.
   *
   * @param since {@link System#nanoTime} of the earliest moment that will do
   */
  public static FileLocks readSince(long since, long... inodes) {
    Read last = lastRead;
    if (last == null || last.nanos - since < 0) {
      long now = System.nanoTime();
      last = new Read(now, new LockLines(ProcFile.bytes("/proc/locks")));
      lastRead = last;
    }
    return parse(last.lines.on(inodes));
  }

  /** When they were read last for many; for tests. */
  static long lastRead() {
    Read last = lastRead;
    return last == null ? 0 : last.nanos;
  }

  static FileLocks parse(List<String> lines) {
    List<Lock> locks = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.trim().split("\\s+");
      // "->" marks one that waits.
      if (fields.length < 8 || !fields[1].equals("POSIX")) {
        continue;
      }
      try {
        locks.add(
            new Lock(
                Long.parseLong(fields[4]),
                fields[5],
                fields[3].equals("WRITE"),
                Long.parseLong(fields[6]),
                fields[7].equals("EOF") ? Long.MAX_VALUE : Long.parseLong(fields[7])));
      } catch (NumberFormatException e) {
        // A form that we don't know says nothing.
      }
    }
    return new FileLocks(List.copyOf(locks));
  }

  /** Those on a byte of the files with this inode, on whatever file system. */
  public List<Lock> on(long inode, long offset) {
    return locks.stream().filter(lock -> lock.inode() == inode && lock.covers(offset)).toList();
  }
}
