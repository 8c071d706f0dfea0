// SPDX-License-Identifier: Apache-2.0
package dev.waltap.live;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A change that is kept to be shown.
 *
 * @param number counts all that passed
 * @param bytes of its rows that are held
 * @param whole whether its rows may be shown; if not, they are held by nobody
 */
public record LiveChange(long number, String database, Change change, long bytes, boolean whole) {

  /** About what objects take. */
  private static final long OVERHEAD = 200;

  /** Bytes of a value that is no text or BLOB. */
  private static final int NUMBER = 8;

  static LiveChange of(long number, String database, Change change, long largest) {
    long bytes = OVERHEAD + bytes(change.before()) + bytes(change.after());
    return bytes <= largest
        ? new LiveChange(number, database, change, bytes, true)
        : new LiveChange(number, database, withoutRows(change), OVERHEAD, false);
  }

  private static Change withoutRows(Change change) {
    return new Change(
        change.table(),
        change.timestamp(),
        change.operation(),
        null,
        null,
        null,
        change.position(),
        change.transaction(),
        change.schemaBefore(),
        change.schemaAfter(),
        change.source());
  }

  private static long bytes(@Nullable Row row) {
    long bytes = 0;
    for (int i = 0; row != null && i < row.size(); i++) {
      StorageClass type = row.storageClass(i);
      if (type == StorageClass.TEXT || type == StorageClass.BLOB) {
        ByteBuffer value = row.getByteBuffer(i);
        bytes += value == null ? 0 : value.remaining();
      } else {
        bytes += NUMBER;
      }
    }
    return bytes;
  }
}
