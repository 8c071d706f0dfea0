package dev.waltap.decode;

import dev.waltap.schema.ColumnMapping;
import org.jspecify.annotations.Nullable;

/**
 * One table across a change of schema.
 *
 * @param before the table as it was, null if it did not exist
 * @param after the table as it is, null if it exists no more
 */
record SchemaStep(@Nullable CapturedTable before, @Nullable CapturedTable after) {

  /** The name the change is told under: the old one if there is one that was told. */
  String name() {
    boolean entering = before == null || (!before.told() && after != null && after.told());
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
    return before != null && after != null && after.told() && !before.told();
  }

  /** Whether there is a change of schema to tell or to count. */
  boolean isChanged() {
    if (before == null || after == null) {
      return true;
    }
    return before.told() != after.told()
        || !before.table().declaration().equals(after.table().declaration());
  }

  void emit(Emitter emitter) {
    boolean toldBefore = before != null && before.told();
    boolean toldAfter = after != null && after.told();
    emitter.schema(
        name(),
        before != null && toldBefore ? before.table().declaration() : null,
        after != null && toldAfter ? after.table().declaration() : null,
        toldBefore || toldAfter);
  }
}
