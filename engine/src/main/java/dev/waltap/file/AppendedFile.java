// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.handler.ClosedPipeException;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.handler.OutputRefusedException;
import dev.waltap.io.DirectoryEntries;
import dev.waltap.io.FileNames;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An open file, or device, that bytes are appended to: whatever its length is when they arrive. A
 * regular file is locked against a second writer, looked at before anything is changed in it, and
 * made for its owner only where there is none.
 *
 * <p>Not a {@link FileChannel}: an interrupted thread must not find its output closed. For one
 * thread at a time; whoever opened it closes it.
 */
final class AppendedFile implements AutoCloseable {
  private static final int MAX_RACES = 10;

  /** As in {@code stat(2)}. */
  private static final int FILE_TYPE = 0170000;

  private static final int NAMED_PIPE = 0010000;

  private final Path path;

  /** Appends; to a device or pipe, which may take nothing for ever, it can be stopped. */
  private final OutputStream out;

  /** The same file, to look at, lock and cut; null for a device or pipe. */
  private final @Nullable RandomAccessFile regular;

  private final @Nullable Object key;

  /**
   * Opens what the name leads to.
   *
   * @throws OutputRefusedException if it is no file for events of this format
   * @throws IOException if it can't be opened or written
   */
  static AppendedFile open(OutputPath output, LineFormat format) throws IOException {
    String name = output.name();
    for (int i = 0; i < MAX_RACES; i++) {
      Path path = output.resolve();
      if (Files.isDirectory(path)) {
        throw new OutputRefusedException(
            name + " is a directory, events need a file: name one inside of it");
      }
      Path parent = path.getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new OutputRefusedException(
            "the directory of " + name + " does not exist: make it first");
      }
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        return new AppendedFile(path, openDevice(path), null, null);
      }
      if (create(path)) {
        syncDirectory(parent);
      }
      AppendedFile file = openRegular(path, name, format);
      if (file != null) {
        return file;
      }
    }
    throw new IOException(name + " is replaced again and again: name another file");
  }

  private static OutputStream openDevice(Path path) throws IOException {
    String name = FileNames.text(path);
    if (!isNamedPipe(path)) {
      return StoppableOutput.of(openedToAppend(path), path, name);
    }
    // A pipe is opened when there is something to write, as that waits for a reader.
    if (!Files.isWritable(path)) {
      throw failed("write to", path, new AccessDeniedException(name));
    }
    return new StoppableOutput(new NamedPipe(() -> openedToAppend(path)), name);
  }

  /** Null if another file took the name meanwhile. */
  private static @Nullable AppendedFile openRegular(Path path, String name, LineFormat format)
      throws IOException {
    Object key = key(path);
    RandomAccessFile regular = openedToCut(path);
    try {
      FileOutputStream appender = openedToAppend(path);
      try {
        if (Objects.equals(key, key(path))) {
          lock(regular, name);
          ExistingOutput.prepare(regular, name, format);
          return new AppendedFile(path, appender, regular, key);
        }
      } catch (Throwable e) {
        appender.close();
        throw e;
      }
      appender.close();
    } catch (Throwable e) {
      regular.close();
      throw e;
    }
    regular.close();
    return null;
  }

  private AppendedFile(
      Path path, OutputStream out, @Nullable RandomAccessFile regular, @Nullable Object key) {
    this.path = path;
    this.out = out;
    this.regular = regular;
    this.key = key;
  }

  /** Events are user data: whoever may read them is for the user to say. */
  private static boolean create(Path path) throws IOException {
    try {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      // A file system without permissions.
      Files.createFile(path);
      return true;
    } catch (IOException e) {
      throw failed("make", path, e);
    }
  }

  private static RandomAccessFile openedToCut(Path path) throws IOException {
    try {
      return FileNames.open(path, name -> new RandomAccessFile(name, "rw"));
    } catch (IOException e) {
      throw failed("write to", path, e);
    }
  }

  /** Appends by the operating system's own means, which Java has for this class only. */
  private static FileOutputStream openedToAppend(Path path) throws IOException {
    try {
      return FileNames.open(path, name -> new FileOutputStream(name, true));
    } catch (IOException e) {
      throw failed("write to", path, e);
    }
  }

  private static IOException failed(String verb, Path path, IOException e) {
    String reason = reason(e);
    boolean denied = e instanceof AccessDeniedException || reason.equals("Permission denied");
    return new IOException(
        "cannot "
            + verb
            + " "
            + FileNames.text(path)
            + ": "
            + (denied ? "this user may not" : reason)
            + ": name another file, or "
            + (denied ? "grant access" : "put that right"),
        e);
  }

  /** What is wrong, without the path that Java puts before it. */
  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof FileSystemException failure) {
      return failure.getReason() == null ? message : failure.getReason();
    }
    int bracket = message.lastIndexOf('(');
    return bracket > 0 && message.endsWith(")")
        ? message.substring(bracket + 1, message.length() - 1)
        : message;
  }

  /** Two writers would mix their lines. The lock goes when the file is closed. */
  private static void lock(RandomAccessFile file, String name) throws IOException {
    FileLock lock;
    try {
      lock = file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      // A file system without locks: its users know.
      return;
    }
    if (lock == null) {
      throw new OutputRefusedException(
          name + " is being written by another capture: name another file");
    }
  }

  /** Makes the name of a new file as durable as its bytes. */
  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.exists(path)
        ? Files.readAttributes(path, BasicFileAttributes.class).fileKey()
        : null;
  }

  /** Where the file was when it was opened, all links followed. */
  Path path() {
    return path;
  }

  boolean isRegular() {
    return regular != null;
  }

  /** Whether a name, links followed, still leads to this file. */
  boolean isNamed(Path name) {
    try {
      return regular == null
          || Objects.equals(key, Files.readAttributes(name, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether the file has any name left: renamed it keeps what was written, deleted it does not.
   * Only Linux says; elsewhere no file has.
   */
  boolean hasAnyName() {
    if (key == null) {
      return false;
    }
    try {
      for (Path descriptor : DirectoryEntries.of(Path.of("/proc/self/fd"))) {
        if (Files.exists(descriptor) && key.equals(key(descriptor))) {
          return (Integer) Files.getAttribute(descriptor, "unix:nlink") > 0;
        }
      }
    } catch (IOException | RuntimeException e) {
      return false;
    }
    return false;
  }

  /**
   * Writes at the end.
   *
   * @throws ClosedPipeException if it is a pipe that nobody reads any more
   * @throws DeliveryStoppedException if it took nothing for some time after {@link #stop}
   */
  void append(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (DeliveryStoppedException e) {
      throw e;
    } catch (IOException e) {
      throw regular == null && isNamedPipe(path) ? new ClosedPipeException(e) : e;
    }
  }

  /** A write that lasts is given up soon; from any thread. */
  void stop() {
    if (out instanceof StoppableOutput stoppable) {
      stoppable.stop();
    }
  }

  /** Writing to a pipe fails for one reason only; its message comes in the locale's language. */
  private static boolean isNamedPipe(Path path) {
    try {
      return ((Integer) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == NAMED_PIPE;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Waits until all that was appended is on the disk. */
  void sync() throws IOException {
    if (regular != null) {
      regular.getFD().sync();
    }
  }

  /** Its length; 0 for a device. */
  long length() throws IOException {
    return regular == null ? 0 : regular.length();
  }

  /** The last bytes of the file. */
  byte[] tail(int length) throws IOException {
    byte[] bytes = new byte[length];
    if (regular != null) {
      regular.seek(regular.length() - length);
      regular.readFully(bytes);
    }
    return bytes;
  }

  /** Cuts what was written beyond this length. */
  void cut(long length) throws IOException {
    if (regular != null && regular.length() > length) {
      regular.setLength(length);
    }
  }

  /** A name for messages, as people read it. */
  @Override
  public String toString() {
    return FileNames.text(path);
  }

  /** Never fails: what counts as delivered was synced, or is in the pipe. */
  @Override
  public void close() {
    try (RandomAccessFile second = regular) {
      out.close();
    } catch (IOException e) {
      // The descriptor is gone all the same, as on any Unix.
    }
  }
}
