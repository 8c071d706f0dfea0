// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.format.TextEncoding;
import dev.waltap.io.FileNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * Whose state it is; the one row of {@code origin}.
 *
 * @param nonce drawn when the state was set up: distinguishes it from any other
 * @param createdText when its baseline was taken, as text, which each opening would parse for
 *     nothing
 * @param database the database it was made for
 */
record StateOrigin(long nonce, String createdText, DatabaseIdentity database) {

  StateOrigin(long nonce, Instant created, DatabaseIdentity database) {
    this(nonce, created.toString(), database);
  }

  /** When its baseline was taken. */
  Instant created() {
    return Instant.parse(createdText);
  }

  static StateOrigin read(StateFile file) throws SQLException {
    try (PreparedStatement select = file.prepare("SELECT * FROM origin WHERE one = 1");
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw StateErrors.corrupt(file.path(), "its origin is missing", null);
      }
      return of(StateRow.of(row), file.path());
    }
  }

  /** Reads the row; its columns are as {@link StateFile} declares them. */
  static StateOrigin of(StateRow row, Path path) throws SQLException {
    try {
      StateOrigin origin =
          new StateOrigin(
              row.number(1),
              Objects.requireNonNull(row.text(2)),
              new DatabaseIdentity(
                  FileNames.parse(Objects.requireNonNull(row.text(3))),
                  Objects.requireNonNull(row.text(4)),
                  (int) row.number(5),
                  TextEncoding.valueOf(Objects.requireNonNull(row.text(6))),
                  (int) row.number(7)));
      if (origin.hash() != row.number(8)) {
        throw StateErrors.corrupt(path, "its origin has a wrong hash", null);
      }
      return origin;
    } catch (IllegalArgumentException | NullPointerException e) {
      throw StateErrors.corrupt(path, "its origin cannot be read", e);
    }
  }

  void write(StateFile file) throws SQLException {
    try (PreparedStatement insert =
        file.prepare("INSERT OR REPLACE INTO origin VALUES(1,?,?,?,?,?,?,?,?)")) {
      insert.setLong(1, nonce);
      insert.setString(2, createdText);
      insert.setString(3, FileNames.text(database.path()));
      insert.setString(4, database.fileKey());
      insert.setInt(5, database.pageSize());
      insert.setString(6, database.encoding().name());
      insert.setInt(7, database.applicationId());
      insert.setLong(8, hash());
      insert.execute();
    }
  }

  StateOrigin with(DatabaseIdentity now) {
    return new StateOrigin(nonce, createdText, now);
  }

  /** The name of the stream of changes that is numbered by this state; a UUID. */
  String stream() {
    byte[] name = ("waltap stream " + nonce).getBytes(StandardCharsets.US_ASCII);
    return UUID.nameUUIDFromBytes(name).toString();
  }

  private long hash() {
    String all =
        String.join(
            "\n",
            createdText,
            FileNames.text(database.path()),
            database.fileKey(),
            database.encoding().name(),
            database.pageSize() + "," + database.applicationId());
    return Lz4Codec.hash(all.getBytes(StandardCharsets.UTF_8), nonce);
  }
}
