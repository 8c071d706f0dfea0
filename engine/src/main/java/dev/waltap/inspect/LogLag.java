// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.CaptureException;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.io.FileNames;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How far a saved position is behind a WAL, as the files alone say: no connection is opened, no
 * lock is taken.
 *
 * @param kind whether the WAL still continues what was saved
 * @param transactions in the WAL after the saved one, if it does
 * @param frames of them
 * @param bytes that those frames take in the WAL
 * @param walBytes size of the WAL file; 0 if there is none
 * @param atRisk commits in it that a crash would lose, from the first without checksums on
 */
public record LogLag(
    Kind kind, long transactions, long frames, long bytes, long walBytes, int atRisk) {

  /** What a WAL is to a saved position. */
  public enum Kind {
    /** The next transactions follow the saved one: they will be emitted one by one. */
    CONTINUES,
    /**
     * The WAL was restarted since, so what was changed until then will be emitted as net changes.
     */
    REUSED,
    /** There is no WAL: all connections were closed since. */
    NO_WAL,
    /** There is no database. */
    NO_DATABASE
  }

  /**
   * Looks at the WAL of a database.
   *
   * @throws IOException if the file can't be read
   */
  public static LogLag of(Path database, int pageSize, WalPosition saved) throws IOException {
    if (!Files.exists(database)) {
      return without(Kind.NO_DATABASE, 0, 0);
    }
    Path wal = FileNames.beside(database.toRealPath(), "-wal");
    long bytes = Files.exists(wal) ? Files.size(wal) : 0;
    if (bytes == 0) {
      return without(Kind.NO_WAL, 0, 0);
    }
    InspectedLog log = open(database, pageSize);
    if (log == null) {
      return without(Kind.REUSED, bytes, 0);
    }
    try (log) {
      WalHeader header = log.header();
      int atRisk = atRisk(log);
      if (saved.salts() != header.salts() || !isPresent(log, saved)) {
        return without(Kind.REUSED, bytes, atRisk);
      }
      int transactions = commits(log, saved.frame());
      long frames = (long) log.committed() - saved.frame();
      long frameBytes = frames * FrameHeader.SIZE + frames * pageSize;
      return new LogLag(Kind.CONTINUES, transactions, frames, frameBytes, bytes, atRisk);
    }
  }

  private static LogLag without(Kind kind, long walBytes, int atRisk) {
    return new LogLag(kind, 0, 0, 0, walBytes, atRisk);
  }

  private static @Nullable InspectedLog open(Path database, int pageSize) throws IOException {
    try {
      return InspectedLog.open(database.toRealPath(), pageSize);
    } catch (CaptureException e) {
      return null; // Of pages of another size.
    }
  }

  /**
   * A bare frame has no checksum to compare: whether it is the one that was saved, iChange says.
   */
  private static boolean isPresent(InspectedLog log, WalPosition saved) {
    byte[] frame = new byte[FrameHeader.SIZE];
    if (saved.frame() == 0) {
      return true;
    }
    if (saved.frame() > log.committed()) {
      return false;
    }
    return switch (log.range().header(saved.frame(), frame)) {
      case CHECKED -> FrameHeader.checksum(frame) == saved.checksum();
      case BARE -> log.changeCounter() - saved.changeCounter() == commits(log, saved.frame());
      default -> false;
    };
  }

  private static int atRisk(InspectedLog log) {
    int first = log.firstBareFrame();
    return first == 0 ? 0 : commits(log, first - 1);
  }

  private static int commits(InspectedLog log, int after) {
    byte[] frame = new byte[FrameHeader.SIZE];
    int commits = 0;
    for (int next = after + 1; next <= log.committed(); next++) {
      if (log.range().header(next, frame).isCommitted() && FrameHeader.commitSize(frame) != 0) {
        commits++;
      }
    }
    return commits;
  }
}
