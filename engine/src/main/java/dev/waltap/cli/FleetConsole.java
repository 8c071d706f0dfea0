// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says on standard error how the captures of many databases go, a line each that names its
 * database, and what that makes the exit code. Any thread.
 */
final class FleetConsole implements FleetListener {
  private final Console console;
  private final Map<String, Reason> failing = new ConcurrentHashMap<>();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  private final Set<String> ran = ConcurrentHashMap.newKeySet();

  FleetConsole(Console console) {
    this.console = console;
  }

  @Override
  public void ready() {
    console.ready();
  }

  @Override
  public void moved(FleetMember member, MemberState from, MemberState to) {
    seen.add(member.name());
    if (to == MemberState.RUNNING) {
      ran.add(member.name());
      failing.remove(member.name());
    }
  }

  @Override
  public void failed(FleetMember member, CaptureException failure, boolean retried) {
    failing.put(member.name(), failure.reason());
    String lost =
        retried && member.stateDirectory() == null
            ? "; it has no state: what is changed until then is not delivered"
            : "";
    console.warning(
        named(member, String.valueOf(failure.getMessage()))
            + (retried ? "; the others continue, this one is tried again" + lost : ""));
    console.stackTrace(failure);
  }

  @Override
  public void note(FleetMember member, String message) {
    console.note(named(member, message));
  }

  @Override
  public void warning(FleetMember member, String message) {
    console.warning(named(member, message));
  }

  @Override
  public void detail(FleetMember member, String message) {
    console.detail(named(member, message));
  }

  private static String named(FleetMember member, String message) {
    return message.contains(member.name()) ? message : member.name() + ": " + message;
  }

  /** Whether it has been captured before. */
  boolean hasRun(FleetMember member) {
    return ran.contains(member.name());
  }

  /** How many databases there were. */
  int captured() {
    return seen.size();
  }

  /** How many of them failed, and did not recover. */
  int failed() {
    return failing.size();
  }

  /**
   * The worst of all.
   *
   * @param endless whether to be stopped is the regular end; only a gap that must not be closed
   *     counts then
   */
  int exitCode(boolean endless) {
    int worst = ExitCode.OK;
    for (Reason reason : failing.values()) {
      int code = reason == Reason.GAP ? ExitCode.GAP : endless ? ExitCode.OK : ExitCode.FAILED;
      worst = Math.max(worst, code);
    }
    return worst;
  }
}
