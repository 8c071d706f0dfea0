package dev.waltap.inspect;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.io.FileNames;
import dev.waltap.wal.WalFile;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How far a saved position is behind a WAL, as the file alone tells: no connection is opened, no
 * lock is taken.
 *
 * @param kind whether the WAL still continues what was saved
 * @param transactions in the WAL after the saved one, if it does
 * @param frames of them
 * @param walBytes size of the WAL file; 0 if there is none
 */
public record LogLag(Kind kind, long transactions, long frames, long walBytes) {

  /** What a WAL is to a saved position. */
  public enum Kind {
    /** The next transactions stand behind the saved one: they will be told exactly. */
    CONTINUES,
    /** The WAL was begun anew since, so what was changed until then will be told in its sum. */
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
      return new LogLag(Kind.NO_DATABASE, 0, 0, 0);
    }
    Path wal = FileNames.beside(database.toRealPath(), "-wal");
    long bytes = Files.exists(wal) ? Files.size(wal) : 0;
    if (bytes == 0) {
      return new LogLag(Kind.NO_WAL, 0, 0, bytes);
    }
    try (WalFile file = WalFile.open(wal, pageSize)) {
      byte[] header = new byte[WalHeader.SIZE];
      boolean same =
          file.header(header)
              && saved.saltsAre(WalHeader.salt1(header), WalHeader.salt2(header))
              && stands(file, saved);
      if (!same) {
        return new LogLag(Kind.REUSED, 0, 0, bytes);
      }
      return count(file, saved, bytes);
    }
  }

  private static boolean stands(WalFile file, WalPosition saved) {
    byte[] frame = new byte[FrameHeader.SIZE];
    return saved.frame() == 0
        || (file.frameHeader(saved.frame(), frame)
            && FrameHeader.saltsAre(frame, saved.salt1(), saved.salt2())
            && FrameHeader.checksum1(frame) == saved.checksum1()
            && FrameHeader.checksum2(frame) == saved.checksum2());
  }

  private static LogLag count(WalFile file, WalPosition saved, long bytes) {
    byte[] frame = new byte[FrameHeader.SIZE];
    long transactions = 0;
    int last = saved.frame();
    for (int next = last + 1;
        file.frameHeader(next, frame) && FrameHeader.saltsAre(frame, saved.salt1(), saved.salt2());
        next++) {
      if (FrameHeader.commitSize(frame) != 0) {
        transactions++;
        last = next;
      }
    }
    return new LogLag(Kind.CONTINUES, transactions, last - saved.frame(), bytes);
  }
}
