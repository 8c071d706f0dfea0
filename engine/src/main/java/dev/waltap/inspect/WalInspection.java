// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.Change;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.FileNames;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.wal.CommittedRange;
import dev.waltap.wal.RecoveredWal;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the WAL of a database for people: transactions, their pages and whose they are, and the
 * changes of rows where the page images before them are known. Works on a live database and on a
 * copied pair of files; opens no connection and changes nothing. Used from one thread, once.
 */
public final class WalInspection implements AutoCloseable {

  /**
   * What the WAL is as a whole.
   *
   * @param wal the file
   * @param checkpointSequence counts its generations, as far as the file knows
   * @param salts the generation's name
   * @param frames how many frames the file has room for
   * @param committed how many of them are committed
   * @param fromIndex whether a wal-index says so, or else the checksums alone
   * @param backfilled up to which frame the database file may have been checkpointed
   * @param decodedFrom the frame after which changes of rows can be decoded
   * @param leftover frames of this generation past the committed ones
   * @param firstBare the first committed frame without salts and checksum, 0 for none: a crash
   *     would lose the commits from there on
   * @param recovery what a crash would leave
   */
  public record Summary(
      Path wal,
      int pageSize,
      int checkpointSequence,
      String salts,
      int frames,
      int committed,
      boolean fromIndex,
      int backfilled,
      int decodedFrom,
      int leftover,
      int firstBare,
      Recovery recovery) {}

  /**
   * One committed frame and whose page it holds.
   *
   * @param owner the table or index, "freelist", "pointer map", or empty where that is not known
   * @param table the table that an index belongs to, or the table; empty for none
   * @param kind leaf, interior, overflow, trunk, or empty
   * @param bare whether it has no salts and no checksum
   */
  public record Frame(
      int number,
      int page,
      String owner,
      String table,
      String kind,
      boolean commit,
      boolean bare) {}

  /**
   * One committed transaction.
   *
   * @param databaseSize in pages, after it
   * @param decoded whether the changes of its rows were shown
   */
  public record Transaction(List<Frame> frames, int databaseSize, boolean decoded) {}

  /**
   * Receives what is found, in order: the summary, then for each transaction its changes and it.
   */
  public interface Sink {
    /** First of all; null if the WAL holds nothing. */
    void summary(@Nullable Summary summary);

    /** A change of the transaction that comes next. */
    void change(Change change);

    /** A whole transaction. */
    void transaction(Transaction transaction);

    /** Why no changes are shown from here on. */
    void undecodable(String why);
  }

  private final DatabaseFile file;
  private final int pageSize;
  private final @Nullable InspectedLog log;

  private WalInspection(DatabaseFile file, int pageSize, @Nullable InspectedLog log) {
    this.file = file;
    this.pageSize = pageSize;
    this.log = log;
  }

  /**
   * Opens database and WAL.
   *
   * @throws CaptureException if it is no database in WAL mode
   */
  public static WalInspection open(Path path) throws IOException {
    DatabaseFile file = DatabaseChecks.openToRead(path);
    try {
      byte[] bytes = new byte[DatabaseHeader.SIZE];
      file.read(0, bytes, 0, bytes.length);
      DatabaseHeader header = DatabaseHeader.parse(bytes);
      return new WalInspection(
          file, header.pageSize(), InspectedLog.open(path.toRealPath(), header.pageSize()));
    } catch (Throwable e) {
      file.release();
      throw e;
    }
  }

  /**
   * Why there is nothing to describe; null if there is a log.
   *
   * @throws IOException if the file can't be looked at
   */
  public @Nullable NoLog noLog() throws IOException {
    if (log != null) {
      return null;
    }
    Path path = FileNames.beside(file.path(), "-wal");
    if (!Files.exists(path)) {
      return NoLog.MISSING;
    }
    return Files.size(path) < WalHeader.SIZE ? NoLog.EMPTY : NoLog.NO_HEADER;
  }

  /**
   * Describes the log to the sink. May be called again: what is described is the same.
   *
   * @throws CaptureException if the application restarts the WAL meanwhile
   */
  public void describe(Sink sink) throws IOException {
    InspectedLog present = log;
    if (present == null) {
      sink.summary(null);
      return;
    }
    int backfilled = present.backfilled(file);
    int decodedFrom = commitFrom(present, backfilled);
    sink.summary(summary(present, backfilled, decodedFrom));
    if (present.committed() == 0) {
      return;
    }
    try (InspectedPages pages = new InspectedPages(file, present, pageSize, decodedFrom)) {
      String failure = pages.scan();
      present.requireUnmoved();
      if (failure != null) {
        sink.undecodable(failure);
      }
      describeTransactions(present, pages, decodedFrom, sink);
    }
    present.requireUnmoved();
  }

  private Summary summary(InspectedLog present, int backfilled, int decodedFrom)
      throws IOException {
    int frames = present.wal().capacity();
    int leftover = 0;
    while (present.committed() + leftover < frames
        && present.isOfGeneration(present.committed() + leftover + 1)) {
      leftover++;
    }
    long salts = present.header().salts();
    RecoveredWal found = present.recovery();
    return new Summary(
        present.wal().path(),
        pageSize,
        present.header().checkpointSequence(),
        String.format(Locale.ROOT, "%08x %08x", salts >>> 32, salts & 0xffffffffL),
        frames,
        present.committed(),
        present.hasIndex(),
        backfilled,
        decodedFrom,
        leftover,
        present.firstBareFrame(),
        Recovery.of(found, found == null ? 0 : present.commitsBehind(found)));
  }

  /**
   * A page as of the last commit, from the newest frame that has it, else from the database file.
   *
   * @throws CaptureException if the database has no such page
   */
  public PageImage page(int number) {
    return new PageImages(file, pageSize, log).page(number);
  }

  /**
   * A frame, committed or not.
   *
   * @throws CaptureException if the WAL has no such frame
   */
  public PageImage frame(int number) {
    return new PageImages(file, pageSize, log).frame(number);
  }

  /** The first commit frame at or after a frame; 0 for 0. */
  private static int commitFrom(InspectedLog log, int frame) {
    byte[] header = new byte[FrameHeader.SIZE];
    int commit = frame;
    while (commit > 0
        && commit < log.committed()
        && log.wal().frameHeader(commit, header)
        && FrameHeader.commitSize(header) == 0) {
      commit++;
    }
    return commit;
  }

  private void describeTransactions(
      InspectedLog present, InspectedPages pages, int decodedFrom, Sink sink) {
    PageBuffers buffers = pages.buffers();
    byte[] header = new byte[FrameHeader.SIZE];
    try (PageStore store = new PageStore(pageSize, 8 << 20)) {
      CommittedTransaction transaction =
          new CommittedTransaction(new TransactionPages(buffers, store, 32 << 20));
      List<int[]> frames = new ArrayList<>();
      for (int number = 1; number <= present.committed(); number++) {
        byte[] image = buffers.take();
        CommittedRange.Found is = present.range().frame(number, header, image);
        if (!is.isCommitted()) {
          present.requireUnmoved();
          if (is == CommittedRange.Found.NONSENSE) {
            throw present.range().corrupt(number, header);
          }
          throw new CaptureException(
              Reason.FAILED,
              present.wal()
                  + ": frame "
                  + number
                  + " is not there any more: the file was cut off while it was read; run it again");
        }
        int page = FrameHeader.pageNumber(header);
        int size = FrameHeader.commitSize(header);
        int bare = is == CommittedRange.Found.BARE ? 1 : 0;
        frames.add(new int[] {number, page, size, bare});
        transaction.pages.put(page, image);
        if (size != 0) {
          transaction.pages.databaseSize(size);
          transaction.committed(1, number, 0, NOWHERE);
          boolean decoded = number > decodedFrom && decode(pages, transaction, sink);
          List<Frame> found = frames.stream().map(f -> frame(f, pages)).toList();
          sink.transaction(new Transaction(found, size, decoded));
          transaction.pages.clear();
          frames.clear();
        }
      }
    }
  }

  /** Of a frame's number, page, database size and whether it is bare. */
  private static Frame frame(int[] frame, InspectedPages pages) {
    PageLabels.Label label = pages.label(frame[1]);
    return new Frame(
        frame[0],
        frame[1],
        label.owner(),
        label.table(),
        label.kind(),
        frame[2] != 0,
        frame[3] != 0);
  }

  private static final WalPosition NOWHERE = new WalPosition(0, 0, 0, 0);

  private static boolean decode(InspectedPages pages, CommittedTransaction transaction, Sink sink) {
    if (!pages.isDecodable()) {
      return false;
    }
    try {
      pages.decode(transaction, sink::change);
      return true;
    } catch (DatabaseException | UnknownPageException e) {
      pages.stop();
      sink.undecodable(String.valueOf(e.getMessage()));
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    file.release();
    if (log != null) {
      log.close();
    }
  }
}
