// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.Closer;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.FileNames;
import dev.waltap.io.SharedMemory;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.state.DatabaseIdentity;
import dev.waltap.wal.CommittedRange;
import dev.waltap.wal.SnapshotFrameIndex;
import dev.waltap.wal.UnseenCommits;
import dev.waltap.wal.WalFile;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import dev.waltap.wal.WalTail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * All that is open on one database: file, wal-index, WAL, and the idle connection that keeps them
 * alive. For the capture thread, which closes it.
 */
public final class Attachment implements AutoCloseable {
  private static final int ATTEMPTS = 1000;

  private final Path database;
  private final Path logPath;
  private final Path indexPath;
  private final DatabaseFile file;
  private final DatabaseConnection connection;
  private final SharedMemory memory;
  private final WalIndex index;
  private final WalFile wal;
  private final WalTail tail;
  private final int pageSize;
  private final Closer closer;

  private Attachment(
      Path database,
      DatabaseFile file,
      DatabaseConnection connection,
      SharedMemory memory,
      WalFile wal,
      int pageSize,
      Closer closer) {
    this.closer = closer;
    this.database = database;
    this.logPath = FileNames.beside(database, "-wal");
    this.indexPath = FileNames.beside(database, "-shm");
    this.file = file;
    this.connection = connection;
    this.memory = memory;
    this.index = new WalIndex(memory);
    this.wal = wal;
    this.tail = new WalTail(index, wal);
    this.pageSize = pageSize;
  }

  /**
   * Opens everything, in the order that never drops a lock.
   *
   * @throws CaptureException if the database is refused
   */
  public static Attachment open(Path path) {
    Closer closer = new Closer();
    try {
      Path database = DatabaseChecks.locate(path);
      DatabaseFile file =
          closer.open(() -> DatabaseChecks.open(path, database), DatabaseFile::release);
      DatabaseConnection connection = closer.open(() -> DatabaseConnection.open(database));
      Access.shareWithGroup(database);
      byte[] header = new byte[DatabaseHeader.SIZE];
      file.read(0, header, 0, header.length);
      DatabaseHeader parsed = DatabaseHeader.parse(header);
      // An idle connection that has read once keeps the mode; until then it could be turned off.
      if (!DatabaseChecks.isInWalMode(database, parsed)) {
        throw DatabaseChecks.notWal(database);
      }
      SharedMemory memory =
          closer.open(
              () -> ChannelRegistry.acquireSharedMemory(FileNames.beside(database, "-shm")),
              SharedMemory::release);
      WalFile wal =
          closer.open(() -> WalFile.open(FileNames.beside(database, "-wal"), parsed.pageSize()));
      return new Attachment(database, file, connection, memory, wal, parsed.pageSize(), closer);
    } catch (IOException e) {
      throw closer.closeAfter(
          new CaptureException(
              Reason.REFUSED,
              FileNames.text(path)
                  + ": the WAL can't be opened: "
                  + e.getMessage()
                  + ": check who may read it, and start again",
              e));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** The database file by its real path, without symbolic links. */
  public Path database() {
    return database;
  }

  /** What the database is known by. */
  public DatabaseIdentity identity() {
    byte[] bytes = new byte[DatabaseHeader.SIZE];
    file.read(0, bytes, 0, bytes.length);
    DatabaseHeader header = DatabaseHeader.parse(bytes);
    try {
      return DatabaseIdentity.of(
          database, header.pageSize(), header.textEncoding(), header.applicationId());
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          FileNames.text(database)
              + ": can't be looked at: "
              + e.getMessage()
              + ": check the file system, and start again",
          e);
    }
  }

  /**
   * Bytes per page; another page size is another database. All else that the header in the file
   * says may be stale: page 1 of a snapshot says what holds there.
   */
  public int pageSize() {
    return pageSize;
  }

  DatabaseFile file() {
    return file;
  }

  /** The idle connection; closed with all else. */
  public DatabaseConnection connection() {
    return connection;
  }

  /** The wal-index, mapped as long as this is open. */
  public WalIndex index() {
    return index;
  }

  /** Where the log was copied up to. */
  public WalTail tail() {
    return tail;
  }

  /** Bytes of the WAL file as it is now. */
  long walBytes() {
    try {
      return Files.size(logPath);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Whether a transaction may become one of the log's although nothing is written to it any more,
   * as of some moment during the call: {@link UnseenCommits}.
   */
  public boolean mayCommitUnwritten() {
    try {
      wal.follow();
      wal.readSingly(0); // Not what the tail has read ahead, which may be from before a restart.
      return UnseenCommits.arePossible(index, wal);
    } catch (RuntimeException e) {
      return true; // What can't be seen is not certain; whoever reads the log says what is wrong.
    }
  }

  /**
   * The same for who has no attachment at hand, of a database that has one in this process.
   *
   * @param database by its real path
   */
  public static boolean mayCommitUnwritten(Path database) {
    return UnseenCommits.arePossible(database);
  }

  /**
   * A snapshot, and the position in the log that it is taken at.
   *
   * @param bareFrames how many frames that only the log has are without salts and checksum
   * @param header the one it is of
   */
  public record SnapshotAt(
      Snapshot snapshot, WalPosition position, int bareFrames, WalIndexHeader header) {}

  /**
   * Whether what was read of a snapshot is of it. A read transaction keeps everybody from writing
   * over its frames, but not a recovery from dropping bare ones, which are written over then.
   */
  public boolean isSound(SnapshotAt at) {
    WalIndexHeader now = new WalIndexHeader();
    boolean restarted = index.read(now) && at.position().salts() != now.salts(); // Under lock 0.
    return restarted || index.stillHolds(at.header());
  }

  /**
   * Takes a snapshot under the read transaction that the connection holds.
   *
   * <p>The snapshot is of the header as read here, which may be later than what the transaction
   * itself sees: frames up to nBackfill may be in the database file in any version up to that mark,
   * but every page that differs has a newer frame, and none of those can go away.
   *
   * @return pages that can be read until the read transaction ends
   * @throws IllegalStateException without a read transaction
   * @throws CaptureException if the wal-index can't be read
   */
  public SnapshotAt snapshot() {
    if (!connection.isReading()) {
      throw new IllegalStateException("a snapshot needs a read transaction");
    }
    WalIndexHeader header = new WalIndexHeader();
    CheckpointInfo info = new CheckpointInfo();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (!index.read(header, info)) {
        connection.endRead();
        connection.beginRead();
        continue;
      }
      int last = header.mxFrame();
      int backfilled = Math.min(info.backfilled(), last);
      follow();
      SnapshotFrameIndex frames =
          SnapshotFrameIndex.index(wal, new CommittedRange(wal).set(header), backfilled, last);
      int size = last == 0 ? (int) (file.size() / pageSize) : header.databaseSize();
      Snapshot snapshot = new Snapshot(file, frames, pageSize, size);
      return new SnapshotAt(snapshot, WalPosition.of(header), frames.bareFrames(), header);
    }
    throw new CaptureException(
        Reason.FAILED,
        FileNames.text(database)
            + ": the wal-index stays torn, so what is committed can't be seen; it may be that a"
            + " writer is killed again and again: start again when one has committed");
  }

  private void follow() {
    try {
      wal.follow();
    } catch (UncheckedIOException e) {
      throw new CaptureException(
          Reason.DISK,
          FileNames.text(database)
              + "-wal: can't be opened: "
              + e.getMessage()
              + ": check who may read it, and start again",
          e);
    }
  }

  /**
   * Makes sure that the paths still lead to the files that are open.
   *
   * @return what is known of the database file now
   * @throws CaptureException if the database was moved, replaced or deleted
   */
  public BasicFileAttributes requireSameFiles() {
    try {
      BasicFileAttributes attributes = file.look(database);
      if (attributes == null) {
        throw new CaptureException(
            Reason.DATABASE_GONE,
            FileNames.text(database)
                + ": the file was moved, replaced or deleted while it was captured; changes made to"
                + " whatever is there now are not seen: start again");
      }
      if (!memory.isStill(indexPath)) {
        throw new CaptureException(
            Reason.DATABASE_GONE,
            FileNames.text(database)
                + "-shm: the wal-index was replaced or deleted while the database was captured;"
                + " start again");
      }
      // SQLite keeps it as long as a connection is open, and ours is.
      if (!Files.exists(logPath)) {
        throw new CaptureException(
            Reason.DATABASE_GONE,
            FileNames.text(database)
                + "-wal: the log was deleted while the database was captured, and perhaps commits"
                + " with it: run PRAGMA integrity_check, start again");
      }
      return attributes;
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          FileNames.text(database)
              + ": can't be looked at: "
              + e.getMessage()
              + ": check the file system, and start again",
          e);
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
