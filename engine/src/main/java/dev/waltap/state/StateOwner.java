// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.io.FileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** Whose state a directory holds, asked before it is removed. */
final class StateOwner {

  private StateOwner() {}

  /**
   * Makes sure that the state is not known to be another database's. One that is too damaged to say
   * whose it is may be removed: that is what its owner is advised to do.
   *
   * @throws CaptureException REFUSED if it is, or if it is no state at all
   */
  static void require(StateDirectory directory, Path database) {
    DatabaseIdentity owner;
    try (StateFile file = StateFile.openReadOnly(directory.stateFile())) {
      owner = StateOrigin.read(file).database();
    } catch (CaptureException | SQLException e) {
      if (Files.exists(directory.commitCountFile())) {
        return;
      }
      throw StateErrors.refused(
          directory
              + " is left alone: its state.db is no state of Waltap; remove it yourself if you know"
              + " what it is");
    }
    if (!owner.isOf(database)) {
      throw StateErrors.refused(
          "the state in "
              + directory
              + " belongs to "
              + owner.path()
              + ", not to "
              + FileNames.text(database)
              + ", and is left alone: name that database to remove it, or, if it is a copy, remove"
              + " the directory yourself");
    }
  }
}
