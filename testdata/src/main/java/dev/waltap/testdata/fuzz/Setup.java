// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * What is decided of a database before its first table.
 *
 * @param reserved bytes of each page that SQLite leaves to others; needs the sqlite3 shell, and is
 *     0 without
 */
record Setup(int pageSize, String encoding, int autoVacuum, int reserved) {
  private static final String[] ENCODINGS = {"UTF-8", "UTF-16le", "UTF-16be"};

  static Setup random(Random random, Set<Feature> features) {
    int pageSize = features.contains(Feature.PAGE_SIZES) ? 512 << random.nextInt(8) : 4096;
    String encoding = features.contains(Feature.UTF16) ? ENCODINGS[random.nextInt(3)] : "UTF-8";
    int autoVacuum = features.contains(Feature.AUTO_VACUUM) ? random.nextInt(3) : 0;
    int reserved = random.nextInt(3) == 0 ? 8 + random.nextInt(24) : 0;
    boolean reserves = features.contains(Feature.RESERVED_BYTES) && TestDatabase.hasShell();
    return new Setup(pageSize, encoding, autoVacuum, reserves ? reserved : 0);
  }

  TestDatabase create() throws SQLException, IOException, InterruptedException {
    TestDatabase database =
        TestDatabase.create(pageSize, encoding, "PRAGMA auto_vacuum = " + autoVacuum);
    if (reserved > 0) {
      // VACUUM does not change the reserved bytes in WAL mode.
      String output =
          database.shell(
              "PRAGMA journal_mode = DELETE",
              ".filectrl reserve_bytes " + reserved,
              "VACUUM",
              "PRAGMA journal_mode = WAL");
      if (!output.contains("wal")) {
        throw new IOException("sqlite3 says " + output);
      }
    }
    return database;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "-- %s, pages of %d bytes, %d of them reserved, auto_vacuum %d",
        encoding,
        pageSize,
        reserved,
        autoVacuum);
  }
}
