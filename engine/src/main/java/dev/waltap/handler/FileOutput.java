package dev.waltap.handler;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file of lines that grows at its end and survives a crash: what {@link #sync} was called for is
 * on the disk, and a line that broke off is cut when the file is opened again. What was written
 * since the last sync is taken back when a write fails, and on {@link #close}: only what was
 * delivered stays. After a failure nothing more is written.
 *
 * <p>Creates the file where there is none, never anything else. A device or a named pipe is written
 * to as it is: nothing is cut or synced there. For one thread; whoever opened it closes it.
 */
public final class FileOutput extends OutputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final byte[] SQLITE_MAGIC =
      "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private final Path path;
  // Not a FileChannel: an interrupted thread must not find its output closed.
  private final RandomAccessFile file;
  private final boolean regular;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;

  /** The end of what was synced. */
  private long safeEnd;

  private boolean failed;

  /**
   * Opens the file, cuts a torn last line and stands at its end.
   *
   * @throws IOException if the file cannot be written or holds something else; the message says so
   */
  public static FileOutput open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(path + " is a directory, events need a file: name one inside of it");
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException("the directory of " + path + " does not exist: make it first");
    }
    boolean created = !Files.exists(path);
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      throw new IOException("cannot write to " + path + ": " + e.getMessage(), e);
    }
    try {
      FileOutput output = new FileOutput(path, file, Files.isRegularFile(path));
      if (created) {
        syncDirectory(parent);
      }
      return output;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private FileOutput(Path path, RandomAccessFile file, boolean regular) throws IOException {
    this.path = path;
    this.file = file;
    this.regular = regular;
    if (regular) {
      lock();
      refuseDatabase();
      long size = file.length();
      safeEnd = endOfLastLine(size);
      if (safeEnd < size) {
        file.setLength(safeEnd);
        file.getFD().sync();
      }
      file.seek(safeEnd);
    }
  }

  /** Two writers would cut each other's lines. The lock goes when the file is closed. */
  private void lock() throws IOException {
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
      throw new IOException(path + " is being written by another capture: name another file");
    }
  }

  /** Appending to a database by mistake would destroy it. */
  private void refuseDatabase() throws IOException {
    byte[] head = new byte[SQLITE_MAGIC.length];
    if (file.read(head) == head.length && Arrays.equals(head, SQLITE_MAGIC)) {
      throw new IOException(path + " is an SQLite database, not an output file: name another file");
    }
  }

  private long endOfLastLine(long size) throws IOException {
    byte[] block = new byte[8192];
    long end = size;
    while (end > 0) {
      int length = (int) Math.min(block.length, end);
      file.seek(end - length);
      file.readFully(block, 0, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > buffer.length - buffered) {
      writeBuffer();
      if (length >= buffer.length) {
        writeFile(bytes, offset, length);
        return;
      }
    }
    System.arraycopy(bytes, offset, buffer, buffered, length);
    buffered += length;
  }

  /** Lets others read what was written; it is not safe yet. */
  @Override
  public void flush() throws IOException {
    writeBuffer();
  }

  /** Syncs the stream if it is such a file; other streams keep nothing back once flushed. */
  static void sync(OutputStream stream) throws IOException {
    if (stream instanceof FileOutput file) {
      file.sync();
    }
  }

  /**
   * Returns when all that was written is on the disk.
   *
   * @throws IOException also if a write has failed before, since what it belonged to is gone
   */
  public void sync() throws IOException {
    writeBuffer();
    if (regular && file.getFilePointer() > safeEnd) {
      try {
        file.getFD().sync();
        safeEnd = file.getFilePointer();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private void writeBuffer() throws IOException {
    int length = buffered;
    buffered = 0;
    writeFile(buffer, 0, length);
  }

  private void writeFile(byte[] bytes, int offset, int length) throws IOException {
    if (failed) {
      throw new IOException("an earlier write to " + path + " failed");
    }
    try {
      file.write(bytes, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private IOException failed(IOException e) {
    failed = true;
    IOException failure =
        new IOException(
            "cannot write to " + path + ", the batch stays undelivered: " + e.getMessage(), e);
    try {
      cutBack();
    } catch (IOException again) {
      failure.addSuppressed(again);
    }
    return failure;
  }

  private void cutBack() throws IOException {
    buffered = 0;
    if (regular && file.getFilePointer() > safeEnd) {
      file.setLength(safeEnd);
      file.seek(safeEnd);
    }
  }

  /** Closes the file, without what was written since the last {@link #sync}. */
  @Override
  public void close() throws IOException {
    try {
      if (file.getChannel().isOpen()) {
        cutBack();
      }
    } finally {
      file.close();
    }
  }

  /** Makes the name of a new file as durable as its bytes. */
  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
