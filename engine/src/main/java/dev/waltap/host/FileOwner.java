// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whose a file is, and who else may do what with it.
 *
 * @param mode type and permissions, as {@code stat} has them
 */
public record FileOwner(long user, long group, int mode) {

  /** As of now, by one look; links are followed. */
  public static FileOwner of(Path file) throws IOException {
    Map<String, Object> is = Files.readAttributes(file, "unix:uid,gid,mode");
    return new FileOwner(number(is, "uid"), number(is, "gid"), (int) number(is, "mode"));
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the system does not say the " + name + " of a file");
  }
}
