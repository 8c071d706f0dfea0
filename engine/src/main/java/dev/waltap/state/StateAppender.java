// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import dev.waltap.format.DatabaseException;
import dev.waltap.host.PrivateFiles;
import dev.waltap.io.Closer;
import dev.waltap.page.PackedPage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A closed state in the hands of one turn, which holds it, and adds transactions to a file beside
 * it, see {@link TailFile}. For one thread; closing it releases the state. After an exception, and
 * if not all that was added is acknowledged before it is closed, the state has to be opened as
 * usual: its {@link ClosedState} gives nothing more.
 */
public final class StateAppender implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final ClosedState state;
  private final CommitCountFile count;
  private final Closer closer;
  private final Lz4Codec codec = new Lz4Codec();
  private final PackedPage packed = new PackedPage();
  private final TailFile record;
  private final Path path;
  private @Nullable FileChannel tail;
  private @Nullable ClosedPages pages;

  /** Where the transaction begins as of which pages are not loaded yet; -1 if there is none. */
  private int added = -1;

  private boolean isAnyAdded;

  /** The state, held, as it was left. What the closer has is closed with this. */
  StateAppender(ClosedState state, CommitCountFile count, Closer closer) {
    this.state = state;
    this.count = count;
    this.closer = closer;
    this.record = new TailFile(state.database().pageSize(), codec);
    this.path = state.directory.tailFile();
  }

  /**
   * Adds a transaction after all others; the one before was {@link #emitted}. It is on disk after
   * the next {@link #sync}.
   *
   * @throws IllegalArgumentException if its pages take more than 16 MiB, or if it is not after all
   *     others; nothing was written then
   * @throws CaptureException DISK if it can't be written: whether it was will be found out by the
   *     next opening, which hands it out if so
   */
  public void add(JournalEntry entry, JournalEntry.Pages images) {
    if (added >= 0) {
      throw new IllegalStateException("the transaction before was not emitted");
    }
    if (entry.position().isWithin(state.end().position())) {
      throw new IllegalArgumentException(entry.position() + " is not after " + state.end());
    }
    int begin = state.size();
    byte[] header = state.header();
    record.reset(begin == 0 ? header : NOTHING);
    long hash =
        record.transaction(entry, images, state.synced(), state.last(), TailFile.seed(header));
    state.unusable();
    ByteBuffer bytes = record.bytes();
    int size = begin + bytes.remaining();
    try {
      write(channel(begin == 0), bytes, begin);
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
    added = begin;
    isAnyAdded = true;
    state.added(entry, size, hash);
  }

  /**
   * Makes durable what was added, before anything of it is handed out. Again: nothing.
   *
   * @throws CaptureException DISK if that fails; see {@link #add}
   */
  public void sync() {
    if (state.synced() == state.size()) {
      return;
    }
    try {
      channel(false).force(false);
      if (state.synced() == 0) {
        // Also of a file that was there: whoever made it may have been killed before this.
        PrivateFiles.sync(state.directory.path());
      }
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
    state.syncedAll(count);
  }

  /** From here on, pages are loaded as of the transaction that was added last. */
  public void emitted() {
    int at = added;
    added = -1;
    if (at >= 0) {
      state.index(record, at);
    }
  }

  /**
   * Says that the handler took everything up to here, of what was added. A killed process takes
   * nothing of that away, the loss of power may: it is handed out again then.
   *
   * @throws CaptureException DISK if it can't be written; it is handed out again then
   */
  public void acknowledge(Position position) {
    if (!isAnyAdded) {
      throw new IllegalStateException("nothing was added");
    }
    sync();
    state.unusable();
    int begin = state.size();
    ByteBuffer bytes =
        TailFile.acknowledgement(
            position, state.synced(), state.last(), TailFile.seed(state.header()));
    long hash = bytes.getLong(bytes.limit() - TailFile.HASH_SIZE);
    int size = begin + bytes.remaining();
    try {
      write(channel(false), bytes, begin);
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
    state.acknowledged(position, size, hash);
  }

  /**
   * Loads a page as of the end of the last transaction that was {@link #emitted}, or was there.
   *
   * @param hash of the image that it must have, under the state's seed
   * @throws CaptureException REFUSED if it is not the one that was saved, DISK if it can't be read
   */
  public void loadPage(int pageNumber, long hash, byte[] to) {
    int offset = state.offset(pageNumber);
    if (offset >= 0) {
      loadAppended(pageNumber, offset, hash, to);
      return;
    }
    pages().load(pageNumber, hash, to);
  }

  private void loadAppended(int pageNumber, int offset, long hash, byte[] to) {
    ByteBuffer image = ByteBuffer.allocate(TailFile.IMAGE_HEAD_SIZE + to.length);
    try {
      FileChannel channel = channel(false);
      for (int read = 0; read >= 0 && image.hasRemaining(); ) {
        read = channel.read(image, (long) offset + image.position());
      }
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
    image.flip();
    if (image.remaining() >= TailFile.IMAGE_HEAD_SIZE && image.getInt() == pageNumber) {
      int size = image.getInt();
      if (size >= 0 && size <= image.remaining()) {
        packed.set(image.array(), image.position(), size);
        if (PageTable.unpack(codec, packed, state.pageSeed, hash, to)) {
          return;
        }
      }
    }
    throw PageTable.wrongHash(path, pageNumber);
  }

  private ClosedPages pages() {
    ClosedPages open = pages;
    if (open == null) {
      Path file = state.directory.stateFile();
      try {
        StatePageFile rows = closer.open(() -> StatePageFile.open(file, state.rootPage));
        open = new ClosedPages(file, rows, state.pageSeed);
      } catch (DatabaseException e) {
        throw StateErrors.corrupt(file, e.getMessage(), e);
      } catch (IOException e) {
        throw StateErrors.io(file, e);
      }
      pages = open;
    }
    return open;
  }

  /** The file, which is made first if it may be missing. */
  private FileChannel channel(boolean mayBeMissing) throws IOException {
    FileChannel open = tail;
    if (open == null) {
      open = closer.open(() -> open(mayBeMissing));
      tail = open;
    }
    return open;
  }

  private FileChannel open(boolean mayBeMissing) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      if (!mayBeMissing) {
        throw e;
      }
      PrivateFiles.create(path);
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    for (long at = offset; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() {
    try (Closer held = closer) {
      emitted();
    } catch (Throwable e) {
      state.unusable(); // Not all of it is known.
      throw e;
    }
  }
}
