// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A database of a fleet that there is not. */
final class FakeMember implements FleetMember {
  private final String name;
  private final Path stateDirectory;
  private MemberState state = MemberState.WAITING;
  @Nullable CaptureException failure;

  FakeMember(String name) {
    this.name = name;
    this.stateDirectory = Path.of("/states/" + name + "-waltap");
  }

  /** Its next state; returns the one before. */
  MemberState move(MemberState next) {
    MemberState before = state;
    state = next;
    return before;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path database() {
    return Path.of("/srv/" + name);
  }

  @Override
  public @Nullable Path stateDirectory() {
    return stateDirectory;
  }

  @Override
  public MemberState state() {
    return state;
  }

  @Override
  public @Nullable CaptureException failure() {
    return failure;
  }

  @Override
  public @Nullable CaptureMetrics metrics() {
    return null;
  }
}
