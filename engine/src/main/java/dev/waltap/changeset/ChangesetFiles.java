// SPDX-License-Identifier: Apache-2.0
package dev.waltap.changeset;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.handler.OutputRefusedException;
import dev.waltap.io.DirectoryEntries;
import dev.waltap.io.FileNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A directory of changesets of one stream, whose names, in the order of {@code ls}, are the order
 * of the transactions. A file has its name once all of it is on the disk; a transaction that is
 * delivered again has the same name, and the same content. For one thread.
 */
final class ChangesetFiles {
  private static final String SUFFIX = ".changeset";
  private static final String UNFINISHED = ".unfinished";
  private static final String STREAM = "stream";

  private final Path directory;
  private final List<Path> unsynced = new ArrayList<>();
  private @Nullable OutputStream open;
  private @Nullable Path opened;
  private @Nullable String stream;

  private ChangesetFiles(Path directory) {
    this.directory = directory;
  }

  static ChangesetFiles open(Path directory) throws IOException {
    String name = FileNames.text(directory);
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new OutputRefusedException(
          name + " is a file, changesets need a directory: name another one");
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new OutputRefusedException(
          "the directory of " + name + " does not exist: make it first");
    }
    if (!Files.exists(directory)) {
      FileAttribute<?> owner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectory(directory, owner);
      sync(parent);
    }
    ChangesetFiles files = new ChangesetFiles(directory);
    files.clean(name);
    return files;
  }

  /** Removes what a crash left, and refuses a directory that is not ours. */
  private void clean(String name) throws IOException {
    boolean ours = Files.exists(directory.resolve(STREAM));
    for (Path each : DirectoryEntries.of(directory)) {
      String file = FileNames.text(each.getFileName());
      if (file.endsWith(SUFFIX + UNFINISHED)) {
        Files.delete(each);
      } else if (!ours) {
        throw new OutputRefusedException(
            name + " holds other files than changesets of ours: name an empty or a new directory");
      }
    }
    if (ours) {
      stream = Files.readString(directory.resolve(STREAM), StandardCharsets.UTF_8).strip();
    }
  }

  /** How the changeset of the transaction that a position is in is called. */
  static String name(Position position) {
    return String.format(Locale.ROOT, "%010d-%010d", position.epoch(), position.frame()) + SUFFIX;
  }

  /** Begins a transaction's file. */
  OutputStream begin(Change change) throws IOException {
    own(change.source().stream());
    Path file = directory.resolve(name(change.position()) + UNFINISHED);
    FileAttribute<?> owner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.deleteIfExists(file);
    Files.createFile(file, owner);
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
    open = out;
    opened = file;
    return out;
  }

  private void own(String id) throws IOException {
    if (stream == null) {
      Path file = directory.resolve(STREAM);
      Files.writeString(file, id + "\n", StandardCharsets.UTF_8);
      sync(file);
      sync(directory);
      stream = id;
    } else if (!stream.equals(id)) {
      throw new IOException(
          FileNames.text(directory)
              + " holds changesets of another stream, "
              + stream
              + ", after which changes are missing: name a new directory, and keep state ('waltap"
              + " setup') to go on in one");
    }
  }

  /** The file that was begun is whole. */
  void end() throws IOException {
    OutputStream out = open;
    Path file = opened;
    open = null;
    opened = null;
    if (out != null && file != null) {
      out.close();
      unsynced.add(file);
    }
  }

  /** Gives all whole files their names, once they are on the disk. */
  void sync() throws IOException {
    if (unsynced.isEmpty()) {
      return;
    }
    for (Path file : unsynced) {
      sync(file);
    }
    for (Path file : unsynced) {
      String name = FileNames.text(file.getFileName());
      Files.move(
          file,
          file.resolveSibling(name.substring(0, name.length() - UNFINISHED.length())),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    sync(directory);
    unsynced.clear();
  }

  private static void sync(Path file) throws IOException {
    boolean directory = Files.isDirectory(file);
    try (FileChannel channel =
        FileChannel.open(file, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Leaves only what was synced. */
  void close() throws IOException {
    OutputStream out = open;
    if (out != null) {
      out.close();
    }
    if (opened != null) {
      Files.deleteIfExists(opened);
    }
    for (Path file : unsynced) {
      Files.deleteIfExists(file);
    }
  }
}
