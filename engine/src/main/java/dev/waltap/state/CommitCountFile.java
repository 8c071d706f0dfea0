// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.host.PrivateFiles;
import dev.waltap.io.Closer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, outside of {@code state.db}, how many commits that has seen. SQLite takes a damaged or
 * missing {@code state.db-wal} for the rest of a crash and goes back to an earlier commit without a
 * word; a position from before what was emitted would be the result. So it would be of a missing
 * {@link TailFile}, whose transactions count as a commit each. The file is written after each
 * commit that was synced, without a sync of its own, so it may say less than was committed, but
 * never more than is on disk.
 *
 * <p>For one thread; the owner closes it.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *      0     8  nonce of the state
 *      8     8  commits
 *     16     8  xxHash64 of the above
 * </pre>
 */
final class CommitCountFile implements AutoCloseable {
  private static final int SIZE = 24;
  private static final int HASHED = 16;

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer bytes = ByteBuffer.allocate(SIZE);

  private CommitCountFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** A file that counts no commits, on disk when this returns. */
  static void create(Path path, long nonce) throws IOException {
    PrivateFiles.create(path);
    try (CommitCountFile file =
        new CommitCountFile(path, FileChannel.open(path, StandardOpenOption.WRITE))) {
      file.write(nonce, 0);
      file.channel.truncate(SIZE);
      file.channel.force(true);
    }
  }

  /** Opens the file of a state that says it has seen so many commits. */
  static CommitCountFile open(StateDirectory directory, long nonce, long commits) {
    Path path = directory.commitCountFile();
    Closer closer = new Closer();
    try {
      FileChannel channel =
          closer.open(
              () -> FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
      CommitCountFile file = new CommitCountFile(path, channel);
      String wrong = file.wrong(nonce, commits);
      if (wrong != null) {
        throw StateErrors.corrupt(directory.stateFile(), wrong, null);
      }
      return file;
    } catch (NoSuchFileException e) {
      throw StateErrors.corrupt(directory.stateFile(), "the file witness beside it is missing", e);
    } catch (IOException e) {
      throw closer.closeAfter(e, failure -> StateErrors.io(path, failure));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private @Nullable String wrong(long nonce, long commits) throws IOException {
    bytes.clear();
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, bytes.position()) < 0) {
        return "the file witness beside it is too short";
      }
    }
    if (channel.size() != SIZE || bytes.getLong(HASHED) != hash()) {
      return "the file witness beside it is damaged";
    }
    if (bytes.getLong(0) != nonce) {
      return "the file witness beside it is of another state";
    }
    long seen = bytes.getLong(8);
    return seen > commits
        ? "it has "
            + commits
            + " of at least "
            + seen
            + " commits: its state.db-wal, or the file tail beside it, was lost"
        : null;
  }

  /** Records that the state has seen so many commits. */
  void write(long nonce, long commits) {
    bytes.clear().putLong(nonce).putLong(commits);
    bytes.putLong(hash()).flip();
    try {
      // A write may take a part of it only, and half a record would refuse the state for ever.
      while (bytes.hasRemaining()) {
        channel.write(bytes, bytes.position());
      }
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
  }

  private long hash() {
    byte[] hashed = new byte[HASHED];
    bytes.get(0, hashed);
    return Lz4Codec.hash(hashed, 0);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
  }
}
