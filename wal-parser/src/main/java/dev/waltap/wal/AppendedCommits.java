// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import dev.waltap.io.SharedMemory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was committed to a WAL since a known commit, once, without a connection to the
 * database: {@link WalTail} follows a WAL and needs one, which takes far longer to open.
 *
 * <p><b>What is committed</b> is what both the wal-index and the chain of checksums say: the index
 * names the last frame, as for every reader, and the frames up to it are those that were written
 * one after the other, as for SQLite's recovery, should everybody who has the database open be
 * killed. Where one of them says less there is no answer.
 *
 * <p><b>That nothing is missing</b> the caller has to know, by a proof that nothing was written to
 * the database file from the known commit until after {@link #read} has returned. SQLite begins a
 * WAL again only when all of it is in the database file, so the generation that was read is the one
 * that the known commit is in, or the first one after it. The latter is believed only if the known
 * commit was in the database file: people delete WALs, and restore them, with commits in them.
 *
 * <p>Not safe for several threads.
 */
public final class AppendedCommits implements AutoCloseable {

  /** What a look came to. */
  public enum Outcome {
    /** Nothing was committed since, nor can become so without another write to a file. */
    NOTHING,
    /** Nothing was committed since, but a transaction may be about to be. */
    PENDING,
    /** Something was committed since. */
    COMMITS,
    /** There is no certain answer without a connection. */
    UNKNOWN
  }

  private final SharedMemory memory;
  private final Path memoryPath;
  private final WalIndex index;
  private final WalFile wal;
  private final Closer closer;
  private final ChecksumChain chain;
  private final WalIndexHeader header = new WalIndexHeader();
  private final byte[] frameHeader = new byte[FrameHeader.SIZE];
  private final boolean isKnownInFile;
  private WalPosition position;

  /** 1 for that of the known commit, 2 for a later one. */
  private long generation;

  private AppendedCommits(
      SharedMemory memory,
      Path memoryPath,
      WalFile wal,
      WalPosition known,
      boolean isKnownInFile,
      Closer closer) {
    this.memory = memory;
    this.memoryPath = memoryPath;
    this.index = WalIndex.unmapped(memory);
    this.wal = wal;
    this.position = known;
    this.isKnownInFile = isKnownInFile;
    this.closer = closer;
    this.chain = new ChecksumChain(wal);
  }

  /**
   * Opens WAL and wal-index.
   *
   * @param database by its real path
   * @param pageSize of the database
   * @param known the last commit that is known already; of a database that had no WAL, frame 0
   * @param isKnownInFile whether the database file had it, and all before it
   * @return null if one of them is missing
   */
  public static @Nullable AppendedCommits open(
      Path database, int pageSize, WalPosition known, boolean isKnownInFile) throws IOException {
    Closer closer = new Closer();
    try {
      Path memoryPath = FileNames.beside(database, "-shm");
      SharedMemory memory =
          closer.open(() -> ChannelRegistry.acquireUnmapped(memoryPath), SharedMemory::release);
      WalFile wal = closer.open(() -> WalFile.open(FileNames.beside(database, "-wal"), pageSize));
      return new AppendedCommits(memory, memoryPath, wal, known, isKnownInFile, closer);
    } catch (NoSuchFileException e) {
      closer.closeAfter(e);
      return null;
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /**
   * Looks whether anything was committed since. Once, first.
   *
   * @throws java.io.UncheckedIOException if a file can't be read
   */
  public Outcome look() throws IOException {
    if (!index.read(header) || !begin()) {
      return Outcome.UNKNOWN;
    }
    if (header.mxFrame() != position.frame()) {
      return Outcome.COMMITS;
    }
    boolean pending = UnseenCommits.arePossible(index, wal);
    // Else one that stood there, and was committed in between, would be neither.
    pending |= index.changed(header);
    return !isStillThere() ? Outcome.UNKNOWN : pending ? Outcome.PENDING : Outcome.NOTHING;
  }

  /**
   * Hands over all that was committed by then, after a look that has found commits. Once.
   *
   * @param sink gets all frames, as of generation 1 if the known commit is in it, else of 2
   * @param maxFrames of more, none is handed over
   * @return whether that is certain; if not, what the sink got is to be forgotten
   * @throws java.io.UncheckedIOException if a file can't be read
   */
  public boolean read(FrameSink sink, int maxFrames) throws IOException {
    int frames = header.mxFrame() - position.frame();
    return frames <= maxFrames && readFrames(sink) && isStillThere();
  }

  /** Whether the database file has all that was committed by the look, if that found nothing. */
  public boolean isInFile() {
    return isKnownInFile || index.isInFile(position);
  }

  /** Where reading would continue: the last commit that was handed over, or the known one. */
  public WalPosition position() {
    return position;
  }

  /** Whether nothing of what was read can have been replaced since. */
  public boolean isStillThere() throws IOException {
    return index.stillHolds(header) && memory.isStill(memoryPath) && !wal.follow();
  }

  /** Moves the chain behind the known commit, or to the start of the next generation. */
  private boolean begin() {
    if (header.mxFrame() < 0 || (header.mxFrame() > 0 && header.pageSize() != wal.pageSize())) {
      return false;
    }
    generation = header.salts() == position.salts() ? 1 : 2;
    if (generation == 1 && position.frame() > 0) {
      return beginBehindCommit();
    }
    return (generation == 1 || isKnownInFile) && beginAtStart();
  }

  private boolean beginBehindCommit() {
    if (header.mxFrame() < position.frame()
        || !wal.frameHeader(position.frame(), frameHeader)
        || CommittedRange.kind(frameHeader, position.salts()) != CommittedRange.Found.CHECKED
        || FrameHeader.checksum(frameHeader) != position.checksum()) {
      return false;
    }
    chain.start(header.salts(), position.checksum(), header.bigEndianChecksums());
    return true;
  }

  private boolean beginAtStart() {
    WalPosition known = position;
    position = new WalPosition(header.salts(), 0, 0, known.changeCounter());
    byte[] bytes = new byte[WalHeader.SIZE];
    WalHeader file = wal.header(bytes) && WalHeader.isWhole(bytes) ? WalHeader.parse(bytes) : null;
    if (header.mxFrame() == 0) {
      // The wal-index says that the WAL was begun again before its file does; or it is one that
      // nobody uses any more, while the file is written to.
      return file == null || file.salts() != known.salts() || known.frame() == 0;
    }
    if (file == null || file.salts() != header.salts() || file.pageSize() != wal.pageSize()) {
      return false;
    }
    chain.start(file.salts(), file.checksum(), file.bigEndianChecksums());
    return true;
  }

  private boolean readFrames(FrameSink sink) {
    sink.looked();
    int last = header.mxFrame();
    int size = 0;
    for (int frame = position.frame() + 1; frame <= last; frame++) {
      byte[] page = sink.buffer();
      if (!chain.next(frame, frameHeader, page)) {
        return false;
      }
      size = FrameHeader.commitSize(frameHeader);
      sink.frame(FrameHeader.pageNumber(frameHeader), page);
      if (size != 0) {
        position = positionAt(frame, frame == last ? header.changeCounter() : nextCounter());
        sink.commit(generation, frame, size);
      }
    }
    return size != 0
        && size == header.databaseSize()
        && FrameHeader.checksum(frameHeader) == header.frameChecksum();
  }

  private WalPosition positionAt(int frame, int counter) {
    return new WalPosition(header.salts(), frame, FrameHeader.checksum(frameHeader), counter);
  }

  /** As if no commit was repeated to fill a disk sector; the last one's is known exactly. */
  private int nextCounter() {
    return position.changeCounter() + 1;
  }

  @Override
  public void close() throws IOException {
    closer.close();
  }
}
