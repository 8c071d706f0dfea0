// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Changes made by hand. */
public final class Changes {

  public static final Instant TIME = Instant.parse("2026-11-22T10:00:00.123456Z");

  private Changes() {}

  public static Row row(@Nullable Object... namesAndValues) {
    return Row.of(namesAndValues);
  }

  public static Change change(
      Operation operation, @Nullable Row before, @Nullable Row after, @Nullable Row key) {
    return new Change(
        "users",
        TIME,
        operation,
        before,
        after,
        key,
        new Position(1, 204, 0),
        new Transaction("1:204", 0, true),
        null,
        null);
  }

  public static Change insert(Row row) {
    return change(Operation.INSERT, null, row, row("id", 1L));
  }

  static Change schema(@Nullable TableSchema before, @Nullable TableSchema after) {
    return new Change(
        "users",
        TIME,
        Operation.SCHEMA,
        null,
        null,
        null,
        new Position(1, 204, 0),
        new Transaction("1:204", 0, false),
        before,
        after);
  }
}
