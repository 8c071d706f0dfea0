// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.PrivateFiles;
import dev.waltap.host.Reasons;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directories between the root of all states and one of them. Stateless. */
final class StateParents {
  private StateParents() {}

  /**
   * Makes those that are missing, for their owner only.
   *
   * @throws CaptureException DISK if they can't be made
   */
  static void make(@Nullable Path root, @Nullable Path state) {
    if (root == null || state == null || state.getParent() == null) {
      return;
    }
    makeDirectory(state.getParent(), root.toAbsolutePath().normalize());
  }

  private static void makeDirectory(Path directory, Path root) {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null && directory.startsWith(root) && !directory.equals(root)) {
      makeDirectory(parent, root);
    }
    try {
      PrivateFiles.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // By another member's thread.
      return;
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          "cannot make the directory "
              + FileNames.text(directory)
              + " for states: "
              + Reasons.of(e)
              + ": name another by --state, or grant access",
          e);
    }
  }
}
