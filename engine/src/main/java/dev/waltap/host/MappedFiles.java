// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.util.LinkedHashMap;
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
    return parse(ProcFile.text("/proc/self/maps"));
  }

  static Map<String, String> parse(String text) {
    Map<String, String> files = new LinkedHashMap<>();
    // A process that captures many databases has thousands of lines, few of which are of code.
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      int rights = text.indexOf(' ', start) + 1;
      if (rights > 0 && rights + RIGHTS <= end && text.charAt(rights + EXECUTE) == 'x') {
        String[] fields = text.substring(start, end).split("\\s+", 6);
        if (fields.length == 6 && !fields[4].equals("0")) {
          files.put(fields[3] + ":" + fields[4], fields[5]);
        }
      }
      start = end + 1;
    }
    return files;
  }
}
