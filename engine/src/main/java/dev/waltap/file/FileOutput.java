// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.handler.DeliveryStoppedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A file of lines that grows at its end and survives a crash: what {@link #sync} was called for is
 * on the disk, and a line that broke off is cut when the file is opened again. What was written
 * since the last sync is taken back when a write fails, and on {@link #close}: only what was
 * delivered stays. After a failure nothing more is written.
 *
 * <p>The file may be rotated under it. Where the name leads to another file, or to none, writing
 * continues there, at the latest with the next batch, and {@link #reopen} checks at once. What was
 * not yet synced when the file was deleted or truncated is written again. Truncated (logrotate's
 * {@code copytruncate}), the file continues at its new end.
 *
 * <p>A device or a named pipe is written to as it is: nothing is cut, synced or rotated there. For
 * one thread, except {@link #reopen} and {@link #stop}; whoever opened it closes it.
 */
public final class FileOutput extends OutputStream {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** Bytes since the last sync that can be written again; several batches' worth. */
  private static final int MAX_KEPT = 16 << 20;

  private static final int MAX_ROTATIONS = 5;

  private final OutputPath path;
  private final LineFormat format;
  private final Consumer<String> notes;
  private final Consumer<String> warnings;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private volatile AppendedFile file;

  /** What was written since the last sync, as long as it is not too much. */
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  /** Bytes written since the last sync. */
  private long written;

  /** Where they begin. */
  private long start;

  /** Whether something may have been written since the last sync. */
  private boolean begun;

  private boolean failed;

  /**
   * Opens the file and goes to its end.
   *
   * @param format what its lines are, of which a torn last one is cut
   * @param notes gets a line when the file was renamed, and events go on in a new one
   * @param warnings gets a line when the file was deleted
   * @throws IOException if the file cannot be written or holds something else; the message says so
   */
  public static FileOutput open(
      OutputPath path, LineFormat format, Consumer<String> notes, Consumer<String> warnings)
      throws IOException {
    return new FileOutput(path, format, notes, warnings);
  }

  /** Opens a file of JSON lines by any name that is not SQLite's. */
  public static FileOutput open(Path path) throws IOException {
    return open(OutputPath.of(path), LineFormat.JSON, note -> {}, warning -> {});
  }

  private FileOutput(
      OutputPath path, LineFormat format, Consumer<String> notes, Consumer<String> warnings)
      throws IOException {
    this.path = path;
    this.format = format;
    this.notes = notes;
    this.warnings = warnings;
    // Last: after it, nothing can fail that would leave it open.
    this.file = AppendedFile.open(path, format);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
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
  public synchronized void flush() throws IOException {
    writeBuffer();
  }

  /** Syncs the stream if it is such a file; other streams keep nothing back once flushed. */
  public static void sync(OutputStream stream) throws IOException {
    if (stream instanceof FileOutput file) {
      file.sync();
    }
  }

  /**
   * Returns when all that was written is on the disk, in a file that has a name.
   *
   * @throws IOException also if a write has failed before, since what it belonged to is gone
   */
  public synchronized void sync() throws IOException {
    writeBuffer();
    if (!begun) {
      return;
    }
    try {
      for (int i = 0; !settled(); i++) {
        if (i == MAX_ROTATIONS) {
          throw new IOException("the file is replaced again and again");
        }
        writeAgain();
      }
    } catch (IOException e) {
      throw failed(e);
    }
    begun = false;
    written = 0;
    kept.reset();
  }

  /** Whether all that was written stays; also true of a file that was only renamed. */
  private boolean settled() throws IOException {
    file.sync();
    if (!file.isRegular()) {
      return true;
    }
    return file.length() >= start + written && (isNamed() || file.hasAnyName());
  }

  private void writeAgain() throws IOException {
    boolean deleted = !isNamed();
    if (kept.size() < written) {
      throw new IOException(
          "the file was " + (deleted ? "deleted" : "truncated") + " while it was written to");
    }
    byte[] bytes = kept.toByteArray();
    if (deleted) {
      goOn(true);
    } else {
      dropRest(bytes);
    }
    start = file.length();
    file.append(bytes, 0, bytes.length);
  }

  /** What was written after the truncation would be half of a batch, or of a line. */
  private void dropRest(byte[] bytes) throws IOException {
    long length = file.length();
    if (length <= bytes.length) {
      byte[] rest = Arrays.copyOfRange(bytes, bytes.length - (int) length, bytes.length);
      if (Arrays.equals(rest, file.tail(rest.length))) {
        file.cut(0);
      }
    }
  }

  /** What the name leads to was checked when it was opened; looked at once a batch, so cheaply. */
  private boolean isNamed() {
    return file.isNamed(path.given());
  }

  /**
   * Goes on in the file that has the name now, made if there is none; for log rotation, from any
   * thread. What was written before stays where it is.
   *
   * @throws IOException if it can't be opened; the output is as before then
   */
  public void reopen() throws IOException {
    synchronized (this) {
      // With a batch under way the next one looks by itself.
      if (!failed && !begun && buffered == 0 && file.isRegular() && !isNamed()) {
        swap();
      }
    }
  }

  /**
   * A write to a device or pipe that lasts is given up soon, with a {@link
   * DeliveryStoppedException}; from any thread. Waits for nobody: the write has this object's lock.
   */
  public void stop() {
    file.stop();
  }

  private void swap() throws IOException {
    AppendedFile next = AppendedFile.open(path, format);
    AppendedFile last = file;
    file = next;
    last.close();
  }

  private void goOn(boolean deleted) throws IOException {
    swap();
    (deleted ? warnings : notes)
        .accept(
            path.name()
                + (deleted ? " was deleted" : " was renamed")
                + " while it was written to; events go on in a new file");
  }

  private void writeBuffer() throws IOException {
    int length = buffered;
    buffered = 0;
    writeFile(buffer, 0, length);
  }

  private void writeFile(byte[] bytes, int offset, int length) throws IOException {
    if (failed) {
      throw new IOException("an earlier write to " + path.name() + " failed");
    }
    if (length == 0) {
      return;
    }
    try {
      if (!begun) {
        begin();
      }
      file.append(bytes, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
    written += length;
    if (written <= MAX_KEPT) {
      kept.write(bytes, offset, length);
    }
  }

  /** Before the first bytes after a sync. */
  private void begin() throws IOException {
    if (!isNamed()) {
      goOn(!file.hasAnyName());
    }
    start = file.length();
    begun = true;
  }

  private IOException failed(IOException e) {
    failed = true;
    String why = String.valueOf(e.getMessage());
    IOException failure =
        new IOException(
            "cannot write to " + path.name() + ", the batch stays undelivered: " + why, e);
    try {
      cutBack();
    } catch (IOException again) {
      failure.addSuppressed(again);
    }
    return failure;
  }

  private void cutBack() throws IOException {
    buffered = 0;
    if (begun) {
      begun = false;
      file.cut(start);
    }
  }

  /** Closes the file, without what was written since the last {@link #sync}. */
  @Override
  public synchronized void close() throws IOException {
    try (AppendedFile closing = file) {
      if (!failed) {
        failed = true;
        cutBack();
      }
    }
  }
}
