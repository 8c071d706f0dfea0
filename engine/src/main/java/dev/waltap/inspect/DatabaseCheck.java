// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.CaptureException;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.attach.Locked;
import dev.waltap.decode.Replica;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.FrameHeader;
import dev.waltap.host.Reasons;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.FileNames;
import dev.waltap.page.PageBuffers;
import dev.waltap.schema.Schema;
import dev.waltap.schema.Table;
import dev.waltap.schema.TableFilter;
import dev.waltap.schema.UnreadableTable;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.wal.CommittedRange;
import dev.waltap.wal.SnapshotFrameIndex;
import dev.waltap.wal.WalFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a database can be captured, as the files alone say: no connection is opened, no lock
 * taken, and nothing made or changed.
 *
 * @param problem why it can't be captured, and what to do; null if it can
 * @param sqliteVersion of the SQLite that wrote to it last, as {@code 3.50.2}; empty if not known
 * @param walBytes size of its WAL
 * @param captured the tables that would be captured
 * @param leftOut those that would not
 * @param excludedColumns the columns that would be left out of those captured, as {@code
 *     table.column}
 * @param unmatched what was to be left out, and is nowhere
 * @param atRisk commits in the WAL that a crash would lose
 */
public record DatabaseCheck(
    Path database,
    @Nullable String problem,
    String sqliteVersion,
    int pageSize,
    long walBytes,
    List<String> captured,
    List<String> leftOut,
    List<String> excludedColumns,
    List<String> unmatched,
    int atRisk) {

  public DatabaseCheck {
    captured = List.copyOf(captured);
    leftOut = List.copyOf(leftOut);
    excludedColumns = List.copyOf(excludedColumns);
    unmatched = List.copyOf(unmatched);
  }

  /** What frames without checksums are, and what to do about them. */
  public static final String RISK = CommitsAtRisk.WHAT + ": " + CommitsAtRisk.ADVICE;

  /** Looks at a database. */
  public static DatabaseCheck of(Path database, TableFilter filter) {
    try {
      DatabaseChecks.requireCapturable(database);
      DatabaseFile file = DatabaseChecks.openToRead(database);
      try {
        return of(database, file, filter);
      } finally {
        file.release();
      }
    } catch (CaptureException e) {
      return refused(database, String.valueOf(e.getMessage()));
    } catch (DatabaseException | UncheckedIOException e) {
      return refused(database, FileNames.text(database) + ": " + Reasons.oneLine(e));
    } catch (IOException e) {
      return refused(
          database,
          FileNames.text(database)
              + ": its WAL can't be read: "
              + Reasons.of(e)
              + ": check who may read it");
    }
  }

  private static DatabaseCheck refused(Path database, String why) {
    return new DatabaseCheck(
        database, why, "", 0, 0, List.of(), List.of(), List.of(), List.of(), 0);
  }

  private static DatabaseCheck of(Path database, DatabaseFile file, TableFilter filter)
      throws IOException {
    byte[] bytes = new byte[DatabaseHeader.SIZE];
    file.read(0, bytes, 0, bytes.length);
    DatabaseHeader header = DatabaseHeader.parse(bytes);
    int pageSize = header.pageSize();
    Path real = database.toRealPath();
    Path wal = FileNames.beside(real, "-wal");
    InspectedLog log = InspectedLog.open(real, pageSize);
    Schema schema;
    int atRisk = 0;
    if (log == null) {
      schema = schemaOfFile(file, wal, pageSize);
    } else {
      try (log) {
        schema = schema(InspectedPages.snapshot(file, log, pageSize, log.committed()));
        atRisk = commitsAtRisk(log);
      }
    }
    List<String> captured = new ArrayList<>();
    List<String> leftOut = new ArrayList<>(schema.virtualTables());
    List<String> excludedColumns = new ArrayList<>();
    for (Table table : schema.tables()) {
      if (filter.accepts(table)) {
        captured.add(table.name());
        filter
            .excludedColumns(table)
            .forEach(column -> excludedColumns.add(table.name() + "." + column));
      } else {
        leftOut.add(table.name());
      }
    }
    return new DatabaseCheck(
        database,
        problem(database, real, schema, filter),
        version(header.sqliteVersion()),
        pageSize,
        Files.exists(wal) ? Files.size(wal) : 0,
        captured,
        leftOut,
        excludedColumns,
        filter.unmatchedExclusions(schema),
        atRisk);
  }

  private static @Nullable String problem(
      Path database, Path real, Schema schema, TableFilter filter) throws IOException {
    String locked = Locked.problem(real);
    if (locked != null) {
      return locked;
    }
    String missing = filter.problem(schema);
    if (missing != null) {
      return FileNames.text(database) + ": " + missing;
    }
    for (UnreadableTable table : schema.unreadable()) {
      if (filter.accepts(table)) {
        return FileNames.text(database) + ": " + table.refusal();
      }
    }
    return null;
  }

  private static Schema schemaOfFile(DatabaseFile file, Path wal, int pageSize) throws IOException {
    try (WalFile none = WalFile.open(wal, pageSize)) {
      SnapshotFrameIndex frames = SnapshotFrameIndex.index(none, new CommittedRange(none), 0, 0);
      return schema(new Snapshot(file, frames, pageSize, (int) (file.size() / pageSize)));
    }
  }

  private static Schema schema(Snapshot snapshot) {
    TableFilter all = new TableFilter(List.of(), List.of(), List.of());
    int pageSize = snapshot.page(1).length;
    try (Replica replica = new Replica(new PageBuffers(pageSize), 1 << 20, all)) {
      return replica.schema(snapshot);
    }
  }

  private static int commitsAtRisk(InspectedLog log) {
    int first = log.firstBareFrame();
    byte[] frame = new byte[FrameHeader.SIZE];
    int commits = 0;
    for (int next = first; next > 0 && next <= log.committed(); next++) {
      if (log.range().header(next, frame).isCommitted() && FrameHeader.commitSize(frame) != 0) {
        commits++;
      }
    }
    return commits;
  }

  private static String version(int number) {
    return number <= 0
        ? ""
        : String.format(
            Locale.ROOT, "%d.%d.%d", number / 1_000_000, number / 1000 % 1000, number % 1000);
  }
}
