// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One database of a {@link Fleet}; for any thread. */
public interface FleetMember {

  /**
   * Its name, which no other member has, and which {@code source.database} says where nothing else
   * was asked for: the path below the directory that it was found in, with slashes; the last name
   * of a file that was named, or its whole path where another has that name.
   */
  String name();

  /** The database file. */
  Path database();

  /** Where its position and page set are kept; null for nowhere. */
  @Nullable Path stateDirectory();

  /** Where it is at this moment. */
  MemberState state();

  /** Why it was refused, or failed, last; null if it wasn't, or has been captured since. */
  @Nullable CaptureException failure();

  /** Counters and gauges of its open capture; null while none is open. */
  @Nullable CaptureMetrics metrics();
}
