// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.FleetListener;
import dev.waltap.api.MemberState;
import dev.waltap.live.LiveStream;
import dev.waltap.monitor.Monitor;
import dev.waltap.monitor.MonitoredStates;
import org.junit.jupiter.api.Test;

/** What is shown of a database as it moves from state to state. */
class WatchedStatesTest {
  private final Monitor monitor = new Monitor(10, new LiveStream(false));
  private final WatchedFleet fleet = new WatchedFleet(monitor, new FleetListener() {});
  private final FakeMember member = new FakeMember("a.db");
  private final CaptureException failure = new CaptureException(Reason.FAILED, "a.db: is broken");

  private void move(MemberState... states) {
    for (MemberState next : states) {
      fleet.moved(member, member.move(next), next);
    }
  }

  private void assertShown(String state) {
    assertThat(MonitoredStates.of(monitor)).containsEntry("a.db", state).hasSize(1);
  }

  /** It waits for descriptors, which is no failure: what is committed meanwhile is emitted. */
  @Test
  void oneThatWasReadyStaysSoWhileItBacksOffWithoutAFailure() {
    move(MemberState.OPENING, MemberState.RUNNING);
    assertShown("READY");
    move(MemberState.BACKING_OFF);
    assertShown("READY");
    move(MemberState.WAITING, MemberState.OPENING);
    assertShown("READY");
    move(MemberState.RUNNING, MemberState.PARKING, MemberState.PARKED);
    assertShown("PARKED");
    move(MemberState.WAITING, MemberState.OPENING, MemberState.BACKING_OFF);
    assertShown("PARKED");
  }

  @Test
  void oneThatWasNeverReadyIsTriedAgainWhileItBacksOff() {
    move(MemberState.OPENING);
    assertShown("STARTING");
    move(MemberState.BACKING_OFF);
    assertShown("RETRYING");
    move(MemberState.WAITING);
    assertShown("STARTING");
  }

  @Test
  void oneThatFailsIsNotReadyBeforeItRunsAgain() {
    move(MemberState.OPENING, MemberState.RUNNING);
    member.failure = failure;
    move(MemberState.BACKING_OFF);
    assertShown("RETRYING: a.db: is broken");
    move(MemberState.WAITING, MemberState.OPENING);
    assertShown("RETRYING: a.db: is broken");
    member.failure = null;
    move(MemberState.BACKING_OFF);
    assertShown("RETRYING");
    move(MemberState.WAITING, MemberState.OPENING, MemberState.RUNNING);
    assertShown("READY");
  }

  @Test
  void oneThatFailedForGoodIsShownAfterItsEnd() {
    move(MemberState.OPENING);
    fleet.failed(member, failure, false);
    move(MemberState.GONE);
    assertShown("FAILED: a.db: is broken");
    FakeMember other = new FakeMember("b.db");
    fleet.moved(other, other.move(MemberState.OPENING), MemberState.OPENING);
    fleet.moved(other, other.move(MemberState.GONE), MemberState.GONE);
    assertShown("FAILED: a.db: is broken");
  }
}
