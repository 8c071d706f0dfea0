// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files and directories that are their owner's only from the moment they exist. Where the file
 * system has no such permissions they are made as it makes them: who set it up has said who may
 * read.
 */
public final class PrivateFiles {
  private static final String FILE = "rw-------";
  private static final String DIRECTORY = "rwx------";

  private PrivateFiles() {}

  /** Makes an empty file, or makes the one that is there private. */
  public static void create(Path file) throws IOException {
    try {
      Files.createFile(file, attributes(file, FILE));
    } catch (FileAlreadyExistsException e) {
      restrict(file, FILE);
    }
  }

  /**
   * Makes a directory, private.
   *
   * @throws FileAlreadyExistsException if the name is taken
   */
  public static void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, attributes(directory, DIRECTORY));
  }

  /** Makes a directory that is there private. */
  public static void restrictDirectory(Path directory) throws IOException {
    restrict(directory, DIRECTORY);
  }

  private static FileAttribute<?>[] attributes(Path path, String permissions) {
    return hasPermissions(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static void restrict(Path path, String permissions) throws IOException {
    if (hasPermissions(path)) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }

  private static boolean hasPermissions(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Waits until the disk has the file, or the entries of the directory. */
  public static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
