// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.inspect.DatabaseCheck;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateStatus;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a database before it is captured.
 *
 * @param check of its own files
 * @param state where its state is, or would be made; null for none
 * @param exists whether there is one
 * @param held who holds it; null for nobody
 * @param stateProblem why it can't be used; null if it can
 */
record CheckReport(
    DatabaseCheck check,
    @Nullable Path state,
    boolean exists,
    @Nullable String held,
    @Nullable String stateProblem) {

  static CheckReport of(DatabaseCheck check, @Nullable Path state) {
    if (state == null) {
      return new CheckReport(check, null, false, null, null);
    }
    StateDirectory directory = StateDirectory.at(state);
    if (!directory.exists()) {
      return new CheckReport(check, state, false, null, null);
    }
    Object holder = directory.holder();
    String held = holder == null ? null : holder.toString();
    String problem = held == null ? problem(directory, check.database()) : null;
    return new CheckReport(
        check,
        state,
        true,
        held,
        held == null ? problem : "its state is held by " + held + ": stop that one first");
  }

  private static @Nullable String problem(StateDirectory directory, Path database) {
    try {
      StateStatus status = StateStatus.ofUnused(directory);
      return status == null || status.database().isOf(database)
          ? null
          : "the state in "
              + directory
              + " belongs to "
              + status.database().path()
              + ": name the one of this database";
    } catch (CaptureException e) {
      return e.getMessage();
    }
  }

  /** Whether it would be captured. */
  boolean isFine() {
    return check.problem() == null && stateProblem == null;
  }
}
