// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads every column of every row as what it is stored as, and does nothing with it. */
final class ReadingHandler implements ChangesHandler {
  private long rows;
  private long sum;

  @Override
  public void handleChanges(List<Change> changes) {
    for (Change change : changes) {
      read(change.before());
      read(change.after());
    }
  }

  private void read(@Nullable Row row) {
    if (row == null || row.size() == 0) {
      return;
    }
    rows++;
    for (int i = 0; i < row.size(); i++) {
      switch (row.storageClass(i)) {
        case INTEGER -> sum += row.getLong(i);
        case REAL -> sum += (long) row.getDouble(i);
        case TEXT -> sum += length(row.getString(i));
        case BLOB -> sum += length(row.getBytes(i));
        case NULL -> sum++;
      }
    }
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** How many images were read; the sum keeps the reading from being optimised away. */
  long rows() {
    return sum == Long.MIN_VALUE ? -1 : rows;
  }
}
