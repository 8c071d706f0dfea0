// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import java.sql.SQLException;

/** Looks at a state without holding it, beside whoever works with it. Any thread. */
public final class StateReader {

  private StateReader() {}

  /**
   * What the state holds.
   *
   * @throws CaptureException REFUSED if there is none, or one that is damaged or of another
   *     version; FAILED if it can't be read
   */
  public static StateStatus status(StateDirectory directory) {
    if (!directory.exists()) {
      throw StateErrors.refused("there is no state in " + directory + ": run setup first");
    }
    try (StateFile file = StateFile.openReadOnly(directory.stateFile())) {
      // One read transaction, so that all of it is of one commit.
      file.run("BEGIN");
      StateOrigin origin = StateOrigin.read(file);
      StateHeader head = StateHeader.read(file);
      JournalGroups groups = JournalGroups.read(file, head);
      file.run("COMMIT");
      return status(directory, origin, head, groups.entries(), groups.bytes());
    } catch (SQLException e) {
      throw StateErrors.sql(directory.stateFile(), e);
    }
  }

  static StateStatus status(
      StateDirectory directory, StateOrigin origin, StateHeader head, long entries, long bytes) {
    return new StateStatus(
        directory.path(),
        origin.database(),
        origin.created(),
        head.acknowledged,
        head.base,
        head.last,
        head.pages,
        origin.database().pageSize(),
        entries,
        bytes,
        directory.size(),
        directory.holder());
  }
}
