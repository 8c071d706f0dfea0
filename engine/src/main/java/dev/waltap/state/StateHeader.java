// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import dev.waltap.format.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state's header, the one row of {@code head}, which every commit rewrites: it says what the
 * other tables must hold, so that a part of them that is missing or from another time is noticed.
 * Owned by its {@link StateStore}.
 */
final class StateHeader {
  /** Commits since the state was set up; see {@link CommitCountFile}. */
  long commits;

  /** The transaction as of which the page table is. */
  LogPosition base;

  /** The last one journalled. */
  LogPosition last;

  /** What the handler took; null until a first bootstrap was delivered whole. */
  @Nullable Position acknowledged;

  /** The largest epoch given out, and the generation that it names. */
  Epoch epoch;

  /** The last journal segment that was compacted: the journal begins after it. */
  long compacted;

  /** The last journal segment written. */
  long journalled;

  /** Pages in the page table. */
  long pages;

  /** The sum of their hashes as stored. */
  long digest;

  StateHeader(LogPosition base, @Nullable Position acknowledged) {
    this.base = base;
    this.last = base;
    this.acknowledged = acknowledged;
    this.epoch = new Epoch(base.epoch(), base.wal().salts());
  }

  /** An epoch and the generation it was given out for. */
  record Epoch(long number, long salts) {

    static Epoch load(String text) {
      String[] parts = text.split(":", -1);
      return new Epoch(
          Long.parseLong(parts[0]),
          Bytes.pair(Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
    }

    String store() {
      return number + ":" + LogPosition.storePair(salts);
    }
  }

  static StateHeader read(StateFile file) throws SQLException {
    try (PreparedStatement select = file.prepare("SELECT * FROM head WHERE one = 1");
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw StateErrors.corrupt(file.path(), "its head is missing", null);
      }
      return of(StateRow.of(row), file.path());
    }
  }

  /** Reads the row; its columns are as {@link StateFile} declares them. */
  static StateHeader of(StateRow row, Path path) throws SQLException {
    try {
      String acknowledged = row.text(4);
      StateHeader head =
          new StateHeader(
              LogPosition.load(Objects.requireNonNull(row.text(2))),
              acknowledged == null ? null : Position.parse(acknowledged));
      head.commits = row.number(1);
      head.last = LogPosition.load(Objects.requireNonNull(row.text(3)));
      head.epoch = Epoch.load(Objects.requireNonNull(row.text(5)));
      head.compacted = row.number(6);
      head.journalled = row.number(7);
      head.pages = row.number(8);
      head.digest = row.number(9);
      if (head.hash() != row.number(10)) {
        throw StateErrors.corrupt(path, "its head has a wrong hash", null);
      }
      return head;
    } catch (IllegalArgumentException | NullPointerException | ArrayIndexOutOfBoundsException e) {
      throw StateErrors.corrupt(path, "its head cannot be read", e);
    }
  }

  /** The statement that {@link #write} fills. */
  static PreparedStatement statement(StateFile file) throws SQLException {
    return file.prepare("INSERT OR REPLACE INTO head VALUES(1,?,?,?,?,?,?,?,?,?,?)");
  }

  void write(PreparedStatement insert) throws SQLException {
    assert compacted <= journalled : "compacted up to " + compacted + " of " + journalled;
    assert base.epoch() <= last.epoch() : base + " is after " + last;
    insert.setLong(1, commits);
    insert.setString(2, base.store());
    insert.setString(3, last.store());
    insert.setString(4, acknowledged == null ? null : acknowledged.toString());
    insert.setString(5, epoch.store());
    insert.setLong(6, compacted);
    insert.setLong(7, journalled);
    insert.setLong(8, pages);
    insert.setLong(9, digest);
    insert.setLong(10, hash());
    insert.execute();
  }

  private long hash() {
    String all =
        String.join(
            "\n",
            base.store(),
            last.store(),
            String.valueOf(acknowledged),
            epoch.store(),
            compacted + "," + journalled + "," + pages + "," + digest);
    return Lz4Codec.hash(all.getBytes(StandardCharsets.UTF_8), commits);
  }
}
