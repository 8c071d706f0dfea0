// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.host.PrivateFiles;
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
 * @param rowsFirst whether its rows would be delivered before its changes, by 'cdc'
 * @param held who holds it; null for nobody
 * @param stateProblem why it can't be used; null if it can
 */
record CheckReport(
    DatabaseCheck check,
    @Nullable Path state,
    boolean exists,
    boolean rowsFirst,
    @Nullable String held,
    @Nullable String stateProblem) {

  /**
   * Looks at a database's state.
   *
   * @param state null for none
   * @param isNew whether the database has appeared since an earlier run
   * @param own whether its directory is not below a root, which is looked at for all
   */
  static CheckReport of(DatabaseCheck check, @Nullable Path state, boolean isNew, boolean own) {
    if (state == null) {
      return new CheckReport(check, null, false, false, null, null);
    }
    StateDirectory directory = StateDirectory.at(state);
    if (!directory.exists()) {
      return new CheckReport(check, state, false, isNew, null, own ? unmade(directory) : null);
    }
    Object holder = directory.holder();
    String held = holder == null ? null : holder.toString();
    String problem = held == null ? problem(directory, check.database()) : null;
    return new CheckReport(
        check,
        state,
        true,
        false,
        held,
        held == null ? problem : "its state is held by " + held + ": stop that one first");
  }

  private static @Nullable String unmade(StateDirectory directory) {
    String obstacle = PrivateFiles.obstacle(directory.path());
    return obstacle == null
        ? null
        : directory
            + " can't be made: "
            + obstacle
            + ": make that, grant access, or name another directory by --state";
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
