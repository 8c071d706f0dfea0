// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureOptions;
import dev.waltap.btree.PageSummary;
import dev.waltap.decode.Replica;
import dev.waltap.format.DatabaseException;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.UnknownPageException;
import dev.waltap.schema.Schema;
import dev.waltap.schema.TableFilter;
import dev.waltap.state.ClosedState;
import dev.waltap.state.ClosedStateReader;
import dev.waltap.state.DatabaseIdentity;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a state on disk, and of nothing else, the {@link ParkedCapture} that the session has
 * left which closed it: for whoever has it not in memory, as after a restart. Only where a session
 * that resumes would have nothing to say, to emit or to refuse before it looks at the database.
 */
final class SavedCapture {
  /** Of the saved pages those of the schema are read. */
  private static final long MEMORY = 1 << 18;

  private SavedCapture() {}

  /** What a session with these options would leave; null if only such a one finds that out. */
  static @Nullable ParkedCapture load(CaptureOptions options) {
    Path directory = options.stateDirectory();
    if (directory == null || options.rebootstrap() || !CatchUp.mayDo(options)) {
      return null;
    }
    try (ClosedStateReader saved =
        ClosedStateReader.open(
            StateDirectory.at(directory), CatchUp.MOST_PAGES, "capture of " + options.database())) {
      return saved == null || !isOf(saved.state(), options) ? null : load(saved, options);
    } catch (CaptureException | DatabaseException | UnknownPageException e) {
      return null; // A session finds out what is wrong, and says it.
    } catch (IOException e) {
      return null; // Likewise.
    }
  }

  /** Whether the state is that of the very file. */
  private static boolean isOf(ClosedState state, CaptureOptions options) throws IOException {
    DatabaseIdentity saved = state.database();
    DatabaseIdentity now =
        DatabaseIdentity.of(
            options.database(), saved.pageSize(), saved.encoding(), saved.applicationId());
    return saved.match(now) == DatabaseIdentity.Match.SAME;
  }

  private static @Nullable ParkedCapture load(ClosedStateReader saved, CaptureOptions options) {
    ClosedState state = saved.state();
    FilterHistory.Entry filtered = filter(saved);
    if (filtered == null || !filtered.isSame(options)) {
      return null;
    }
    TableFilter filter = CatchUp.filter(options);
    PageSummary summary = saved.summary();
    PageBuffers buffers = new PageBuffers(state.database().pageSize(), MEMORY);
    try (Replica replica = new Replica(buffers, MEMORY, filter)) {
      replica.pageSet().seed(state.pageSeed());
      if (!replica.recall(summary, saved::loadPage, filtered.filter(), schema -> {})) {
        return null;
      }
      Schema schema = replica.catalog().schema();
      return isUnremarkable(schema, filter)
          ? new ParkedCapture(state, summary, schema, false)
          : null;
    }
  }

  /** The filter of the saved pages; null if another one is to follow it. */
  private static FilterHistory.@Nullable Entry filter(ClosedStateReader saved) {
    String property = saved.property(FilterHistory.PROPERTY);
    try {
      FilterHistory filters = property == null ? null : FilterHistory.load(property);
      FilterHistory.Entry present = filters == null ? null : filters.at(saved.state().end());
      return filters != null && filters.latest().equals(present) ? present : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether a session would neither refuse nor warn of any of its tables, or of a missing one. */
  private static boolean isUnremarkable(Schema schema, TableFilter filter) {
    return filter.problem(schema) == null
        && filter.unmatchedExclusions(schema).isEmpty()
        && schema.unreadable().stream().noneMatch(filter::accepts);
  }

  /** Checks that what is loaded, if anything is, is what a session has left. */
  static void requireSame(ParkedCapture left, CaptureOptions options) {
    ParkedCapture saved = load(options);
    if (saved == null) {
      return; // It may have warned, or somebody looks at its state.
    }
    if (!saved.state().isSame(left.state())
        || !saved.summary().equals(left.summary())
        || !text(saved.schema()).equals(text(left.schema()))) {
      throw new AssertionError("what can be loaded of the state is not what the session has left");
    }
  }

  private static String text(Schema schema) {
    return schema.encoding()
        + "\n"
        + schema.virtualTables()
        + "\n"
        + schema.unreadable()
        + "\n"
        + schema.tables().stream()
            .map(table -> table.kind() + " " + table.rootPage() + " " + table.declaration() + "\n")
            .toList();
  }
}
