// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Notified of how a {@link Fleet} goes, for people and for tools. Called from the fleet's thread
 * and from those of captures, one after the other or at once; must return soon and not throw: the
 * fleet's thread has nothing found, opened, parked or tried again while it waits for a listener.
 */
public interface FleetListener {

  /** Does nothing. */
  FleetListener NONE = new FleetListener() {};

  /** Every database that was there at the start is captured, or was reported as failed. Once. */
  default void ready() {}

  /**
   * A directory in which databases are looked for can't be searched any more, which ends those that
   * were in it; or it can be again.
   *
   * @param problem why it can't, in a clause; null if it can again
   */
  default void searched(Path directory, @Nullable String problem) {}

  /** A member has moved on. */
  default void moved(FleetMember member, MemberState from, MemberState to) {}

  /**
   * The open capture of a member has ended, since it is parked, fails or is closed; its next one
   * counts from zero again. Before {@link #moved} says what became of the member.
   *
   * @param counted what it had counted at its end
   */
  default void counted(FleetMember member, CaptureMetrics counted) {}

  /**
   * A member was refused or failed; not reported again before the reason is another one, or it was
   * captured for a while in between.
   *
   * @param retried whether it is tried again
   */
  default void failed(FleetMember member, CaptureException failure, boolean retried) {}

  /** Something a person may want to know of a member; one line. */
  default void note(FleetMember member, String message) {}

  /** Something a person should know of a member; one line. */
  default void warning(FleetMember member, String message) {}

  /** Something a curious person may want to know of a member; one line. */
  default void detail(FleetMember member, String message) {}
}
