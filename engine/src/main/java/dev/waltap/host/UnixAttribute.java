// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A number that the system has on a file. */
public enum UnixAttribute {
  INODE("ino"),
  DEVICE("dev"),
  LINKS("nlink");

  private final String name;

  UnixAttribute(String name) {
    this.name = "unix:" + name;
  }

  /** The number; links are followed. */
  public long of(Path file) throws IOException {
    return ((Number) Files.getAttribute(file, name)).longValue();
  }
}
