// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.schema.ColumnMapping;
import org.jspecify.annotations.Nullable;

/**
 * One table across a change of schema.
 *
 * @param before the table as it was, null if it did not exist
 * @param after the table as it is, null if it no longer exists
 */
record SchemaStep(@Nullable CapturedTable before, @Nullable CapturedTable after) {

  /** The name the change is emitted under: the old one if there is one that was emitted. */
  String name() {
    boolean entering = before == null || (!before.emitted() && after != null && after.emitted());
    CapturedTable table = entering ? after : before;
    return table == null ? "" : table.name();
  }

  /**
   * Whether the rows are declared to be keyed or ordered otherwise now, so that no row is the same.
   * Another schema format may order them otherwise under the same declaration: they stay the same.
   */
  boolean isReplaced() {
    return before != null
        && after != null
        && !before.table().declaration().equals(after.table().declaration())
        && !mapping(before, after).keepsKeys(before.layout(), after.layout());
  }

  /** Whether rows that were not written may have other values now. */
  boolean changesMeaning() {
    return before != null
        && after != null
        && !mapping(before, after).isTransparent(before.layout(), after.layout());
  }

  /** Which column is which. */
  static ColumnMapping mapping(CapturedTable before, CapturedTable after) {
    return ColumnMapping.between(before.table().declaration(), after.table().declaration())
        .shown(before.projection(), after.projection());
  }

  /** Whether the table passes the filter now and did not before. */
  boolean isEntering() {
    return before != null && after != null && after.emitted() && !before.emitted();
  }

  /** Whether there is a change of schema to emit or to count. */
  boolean isChanged() {
    if (before == null || after == null) {
      return true;
    }
    return before.emitted() != after.emitted()
        || !before.table().declaration().equals(after.table().declaration());
  }

  void emit(Emitter emitter) {
    boolean emittedBefore = before != null && before.emitted();
    boolean emittedAfter = after != null && after.emitted();
    emitter.schema(
        name(),
        before != null && emittedBefore ? before.table().declaration() : null,
        after != null && emittedAfter ? after.table().declaration() : null,
        emittedBefore || emittedAfter);
  }
}
