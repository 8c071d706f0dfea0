// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How a database is made and written.
 *
 * @param vacuum the auto_vacuum mode, 0 for none
 * @param legacy schema format 1, which ignores DESC in keys
 * @param autocheckpoint pages of WAL past which commits checkpoint
 * @param sizeLimit the journal_size_limit, -1 for none
 * @param stateful whether the capture has state, and goes on from it
 */
record Layout(
    int pageSize,
    String encoding,
    int vacuum,
    boolean legacy,
    int autocheckpoint,
    int sizeLimit,
    String synchronous,
    boolean secureDelete,
    boolean stateful) {
  private static final String[] ENCODINGS = {"UTF-8", "UTF-16le", "UTF-16be"};
  private static final int[] AUTOCHECKPOINTS = {1000, 1000, 200, 20};
  private static final int[] LIMITS = {-1, 0, 32768};

  /** The layout of the database of this number: all page sizes in turn, the rest by chance. */
  static Layout random(int number, Dialect dialect, Random random) {
    return new Layout(
        512 << (number + 3) % 8,
        ENCODINGS[Math.max(0, random.nextInt(5) - 2)],
        dialect.autoVacuum() ? Math.max(0, random.nextInt(5) - 2) : 0,
        random.nextInt(3) == 0,
        AUTOCHECKPOINTS[random.nextInt(AUTOCHECKPOINTS.length)],
        LIMITS[random.nextInt(LIMITS.length)],
        random.nextInt(4) == 0 ? "NORMAL" : "OFF",
        random.nextInt(4) == 0,
        random.nextInt(2) == 0);
  }

  /** What must be said before the first table is made. */
  List<String> create() {
    return List.of(
        "PRAGMA page_size = " + pageSize,
        "PRAGMA encoding = '" + encoding + "'",
        "PRAGMA auto_vacuum = " + vacuum,
        "PRAGMA legacy_file_format = " + (legacy ? 1 : 0),
        "PRAGMA journal_mode = WAL");
  }

  /** What must be said on each connection. */
  List<String> connect(Dialect dialect) {
    List<String> pragmas = new ArrayList<>();
    if (dialect.busyTimeout()) {
      pragmas.add("PRAGMA busy_timeout = 10000");
    }
    pragmas.add("PRAGMA synchronous = " + synchronous);
    pragmas.add("PRAGMA cache_size = 10");
    pragmas.add("PRAGMA wal_autocheckpoint = " + autocheckpoint);
    pragmas.add("PRAGMA journal_size_limit = " + sizeLimit);
    pragmas.add("PRAGMA secure_delete = " + (secureDelete ? 1 : 0));
    return pragmas;
  }
}
