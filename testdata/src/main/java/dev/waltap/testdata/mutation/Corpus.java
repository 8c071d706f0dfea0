// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The small databases that are damaged: all page sizes, with and without auto_vacuum. */
final class Corpus {
  private final List<RecordedDatabase> small = new ArrayList<>();
  private final List<RecordedDatabase> all = new ArrayList<>();

  Corpus() throws SQLException, IOException {
    String[] vacuums = {"NONE", "FULL", "INCREMENTAL"};
    String[] encodings = {"UTF-8", "UTF-16le", "UTF-8", "UTF-16be"};
    int number = 0;
    for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
      all.add(
          RecordedDatabase.record(
              pageSize, encodings[number % encodings.length], vacuums[number % vacuums.length]));
      number++;
    }
    small.add(all.get(0));
    small.add(all.get(1));
    small.add(RecordedDatabase.record(512, "UTF-16le", "FULL"));
    small.add(RecordedDatabase.record(1024, "UTF-8", "NONE"));
    all.addAll(small.subList(2, 4));
  }

  /** Any database; mostly one of small pages, of which more is done in the same time. */
  RecordedDatabase any(Random random) {
    List<RecordedDatabase> from = random.nextInt(12) == 0 ? all : small;
    return from.get(random.nextInt(from.size()));
  }

  List<RecordedDatabase> all() {
    return all;
  }
}
