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

  private MappedFiles() {}

  /** Paths of the libraries by device and inode; empty where the system does not say. */
  public static Map<String, String> executables() {
    return parse(ProcFile.lines("/proc/self/maps"));
  }

  static Map<String, String> parse(List<String> lines) {
    Map<String, String> files = new LinkedHashMap<>();
    for (String line : lines) {
      String[] fields = line.split("\\s+", 6);
      if (fields.length == 6 && fields[1].indexOf('x') >= 0 && !fields[4].equals("0")) {
        files.put(fields[3] + ":" + fields[4], fields[5]);
      }
    }
    return files;
  }
}
