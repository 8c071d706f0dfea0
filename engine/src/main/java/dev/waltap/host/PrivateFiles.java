// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /**
   * Why a directory can't be made, or used if it is there, as far as can be seen without trying;
   * null if it can.
   */
  public static @Nullable String obstacle(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return !Files.isDirectory(path)
          ? FileNames.text(path) + " is not a directory"
          : !Files.isWritable(path)
              ? FileNames.text(path) + " is not writable for this user"
              : null;
    }
    Path parent = path.getParent();
    if (parent == null || !Files.exists(parent)) {
      return "the directory that it would be in, " + parentName(parent) + ", does not exist";
    }
    if (!Files.isDirectory(parent)) {
      return parentName(parent) + ", which it would be in, is not a directory";
    }
    return Files.isWritable(parent)
        ? null
        : parentName(parent) + ", which it would be in, is not writable for this user";
  }

  private static String parentName(@Nullable Path parent) {
    return parent == null ? "/" : FileNames.text(parent);
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
      Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(permissions);
      if (!Files.getPosixFilePermissions(path).equals(wanted)) {
        Files.setPosixFilePermissions(path, wanted);
      }
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
