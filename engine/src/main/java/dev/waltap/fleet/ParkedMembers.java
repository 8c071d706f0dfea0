// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureMode;
import dev.waltap.io.FileNames;
import dev.waltap.state.ParkedFile;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in the states of members what they looked like when they were parked, so that those
 * that still look so need not be opened when the fleet starts again: of thousands, that would take
 * minutes. For the fleet's thread.
 *
 * <p>It is exact, as parking itself is: see {@link FileStamp}, {@link ParkedFile} for what else has
 * to be the same, and {@link dev.waltap.api.MemberOutput.Opening#looksAtEach} for outputs that have
 * to be looked at, too. What was warned of is found out again; so is what could be warned of where
 * a member was closed before it had looked at the processes around it.
 */
final class ParkedMembers {
  private final FleetOptions options;
  private final CaptureMode mode;

  ParkedMembers(FleetOptions options, CaptureMode mode) {
    this.options = options;
    this.mode = mode;
  }

  /** Notes what a member looked like that was parked; that it can't be noted is no failure. */
  void note(Member member, FileStamp stamp) {
    Path state = member.stateDirectory();
    String selection = member.selection;
    if (state == null || selection == null || !member.surveyed || !member.warned.isEmpty()) {
      return;
    }
    try {
      ParkedFile.write(StateDirectory.at(state), sameAs(member, stamp, selection));
    } catch (IOException e) {
      options.listener().detail(member, "is opened at the next start: " + e.getMessage());
    }
  }

  /** What a member looks like, if that is how it was parked; else null: it has to be opened. */
  @Nullable FileStamp find(Member member) {
    Path state = member.stateDirectory();
    if (state == null || options.outputs().looksAtEach()) {
      return null;
    }
    FileStamp stamp = FileStamp.of(member.real());
    String selection = stamp.database().exists() ? options.captures().selection(member) : null;
    return selection != null
            && ParkedFile.isOf(StateDirectory.at(state), sameAs(member, stamp, selection))
        ? stamp
        : null;
  }

  /** All that has to be the same for it to need no opening. */
  private String sameAs(Member member, FileStamp stamp, String selection) {
    return String.join("\n", FileNames.text(member.real()), mode.name(), selection, stamp.text());
  }
}
