// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What makes a file itself, whatever path leads to it: device and inode. */
final class FileIdentity {

  private FileIdentity() {}

  /**
   * The identity of the regular file that {@code path} leads to.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws FileSystemException if it is no regular file, or the file system has no identities
   */
  static Object of(Path path) throws IOException {
    return of(path, Files.readAttributes(path, BasicFileAttributes.class));
  }

  private static Object of(Path path, BasicFileAttributes attributes) throws IOException {
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(path.toString(), null, "not a regular file");
    }
    Object key = attributes.fileKey();
    if (key == null) {
      throw new FileSystemException(
          path.toString(), null, "this file system does not distinguish files (no inodes)");
    }
    return key;
  }

  /** What is known of the file that {@code path} leads to, if that is the one; else null. */
  static @Nullable BasicFileAttributes attributesOf(Path path, Object identity) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return of(path, attributes).equals(identity) ? attributes : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The identity, or null where no file is. */
  static @Nullable Object orNull(Path path) throws IOException {
    try {
      return of(path);
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
