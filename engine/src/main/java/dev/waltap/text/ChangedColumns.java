// SPDX-License-Identifier: Apache-2.0
package dev.waltap.text;

import dev.waltap.api.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Which columns of a row an update changed. Stateless. */
public final class ChangedColumns {
  private ChangedColumns() {}

  /**
   * The indexes in the row as it is, of columns that had another value, or that it did not have.
   */
  public static List<Integer> of(Row before, Row after) {
    List<Integer> changed = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      int earlier = before.indexOf(after.names().get(i));
      if (earlier < 0 || !isSame(before, earlier, after, i)) {
        changed.add(i);
      }
    }
    return changed;
  }

  private static boolean isSame(Row a, int i, Row b, int j) {
    if (a.storageClass(i) != b.storageClass(j)) {
      return false;
    }
    return switch (a.storageClass(i)) {
      case NULL -> true;
      case INTEGER -> a.getLong(i) == b.getLong(j);
      case REAL ->
          Double.doubleToRawLongBits(a.getDouble(i)) == Double.doubleToRawLongBits(b.getDouble(j));
      case TEXT, BLOB -> Objects.equals(a.getByteBuffer(i), b.getByteBuffer(j));
    };
  }
}
