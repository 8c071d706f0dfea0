// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to take back what was applied, transaction by transaction, and what was emitted, so that a
 * redelivered transaction can be compared. Holds nothing if history is not kept. Used from one
 * thread.
 */
final class Journal {
  private final boolean keep;
  private final Deque<Entry> done = new ArrayDeque<>();
  private final Map<String, Long> emitted = new HashMap<>();
  private List<Runnable> open = new ArrayList<>();
  private long digest;

  private record Entry(Change end, List<Runnable> undo) {}

  Journal(boolean keep) {
    this.keep = keep;
  }

  /** Remembers how to take back what was just done. */
  void undo(Runnable step) {
    if (keep) {
      open.add(step);
    }
  }

  /** Remembers what is emitted. */
  void record(Change change) {
    if (keep) {
      digest = digest * 31 + text(change).hashCode();
    }
  }

  private static String text(Change change) {
    return change + " " + change.transaction() + change.schemaBefore() + change.schemaAfter();
  }

  /** Ends a transaction; says what is wrong if it was emitted before, but differently. */
  @Nullable String commit(Change end) {
    if (!keep) {
      return null;
    }
    done.addLast(new Entry(end, open));
    open = new ArrayList<>();
    Long before = emitted.put(end.transaction().id(), digest);
    boolean same = before == null || before == digest;
    digest = 0;
    return same
        ? null
        : "transaction " + end.transaction().id() + " was emitted differently before";
  }

  /** Takes back the transaction under way. */
  void rollback() {
    undoAll(open);
    digest = 0;
  }

  /** Forgets everything. */
  void forget() {
    done.clear();
    emitted.clear();
    open.clear();
    digest = 0;
  }

  /** Takes back all after a position; the last change that stays, or null. */
  @Nullable Change rewindTo(@Nullable Position end) {
    rollback();
    while (!done.isEmpty() && (end == null || done.getLast().end.position().compareTo(end) > 0)) {
      undoAll(done.removeLast().undo);
    }
    return done.isEmpty() ? null : done.getLast().end;
  }

  private static void undoAll(List<Runnable> steps) {
    for (int i = steps.size() - 1; i >= 0; i--) {
      steps.get(i).run();
    }
    steps.clear();
  }
}
