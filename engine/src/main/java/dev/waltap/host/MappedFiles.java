// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files whose code this process has mapped: its native libraries.
 *
 * <pre>
 * LINE of /proc/self/maps, 7f12a000-7f12b000 r-xp 00001000 fe:00 1234   /tmp/libx.so (deleted)
 *   addresses, rights, offset, device, inode, path
 * </pre>
 */
public final class MappedFiles {
  /** The rights are four letters or hyphens, this one of them for code that can be run. */
  private static final int RIGHTS = 4;

  private static final int EXECUTE = 2;

  private MappedFiles() {}

  /** Paths of the libraries by device and inode; empty where the system does not say. */
  public static Map<String, String> executables() {
    return parse(ProcFile.lines("/proc/self/maps"));
  }

  static Map<String, String> parse(List<String> lines) {
    Map<String, String> files = new LinkedHashMap<>();
    for (String line : lines) {
      // A process that captures many databases has thousands of lines, few of which are of code.
      int rights = line.indexOf(' ') + 1;
      if (line.length() < rights + RIGHTS || line.charAt(rights + EXECUTE) != 'x') {
        continue;
      }
      String[] fields = line.split("\\s+", 6);
      if (fields.length == 6 && !fields[4].equals("0")) {
        files.put(fields[3] + ":" + fields[4], fields[5]);
      }
    }
    return files;
  }
}
