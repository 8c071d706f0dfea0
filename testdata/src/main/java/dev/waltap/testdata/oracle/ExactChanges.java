// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.Shape;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares the changes captured of one transaction with those that SQL says it made. */
public final class ExactChanges {
  private ExactChanges() {}

  /**
   * Fails at the first difference.
   *
   * @param charset the database's encoding
   */
  public static void check(List<ExpectedChange> expected, List<Change> captured, Charset charset) {
    int common = Math.min(expected.size(), captured.size());
    for (int i = 0; i < common; i++) {
      String wrong = difference(expected.get(i), captured.get(i), charset);
      if (wrong != null) {
        throw new AssertionError(
            "change "
                + i
                + " of "
                + expected.size()
                + ": "
                + wrong
                + "\nexpected: "
                + expected.get(i)
                + "\ncaptured: "
                + captured.get(i));
      }
    }
    if (expected.size() > common) {
      throw new AssertionError(
          captured.size()
              + " of "
              + expected.size()
              + " changes captured; missing: "
              + expected.get(common));
    }
    if (captured.size() > common) {
      throw new AssertionError(
          captured.size()
              + " changes captured, expected "
              + expected.size()
              + "; extra: "
              + captured.get(common));
    }
  }

  private static @Nullable String difference(
      ExpectedChange expected, Change captured, Charset charset) {
    if (expected.operation() != captured.operation()) {
      return "operation";
    }
    if (!expected.table().equals(captured.table())) {
      return "table";
    }
    if (expected.operation() == Operation.SCHEMA) {
      return Objects.equals(ChangeFeed.schema(expected.shapeBefore()), captured.schemaBefore())
              && Objects.equals(ChangeFeed.schema(expected.shapeAfter()), captured.schemaAfter())
          ? null
          : "schema: captured " + captured.schemaBefore() + " to " + captured.schemaAfter();
    }
    String wrong = difference("before", expected.before(), captured.before(), charset);
    if (wrong == null) {
      wrong = difference("after", expected.after(), captured.after(), charset);
    }
    Shape side = expected.after() == null ? expected.shapeBefore() : expected.shapeAfter();
    Row key = ChangeFeed.keyRow(expected.key(), side);
    return wrong != null
        ? wrong
        : difference("key", key == null ? null : Image.of(key, null), captured.key(), charset);
  }

  private static @Nullable String difference(
      String what, @Nullable Image expected, @Nullable Row captured, Charset charset) {
    if (expected == null || captured == null) {
      return expected == null && captured == null ? null : what + " is there or is not";
    }
    String difference = expected.difference(Image.of(captured, charset));
    return difference == null ? null : what + ": " + difference;
  }
}
