// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import static dev.waltap.session.SessionPhase.ATTACHED;
import static dev.waltap.session.SessionPhase.CLOSING_GAP;
import static dev.waltap.session.SessionPhase.ENDED;
import static dev.waltap.session.SessionPhase.RESUMING;
import static dev.waltap.session.SessionPhase.STARTING;
import static dev.waltap.session.SessionPhase.TAILING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SessionPhaseTest {
  @Test
  void followsItsTable() {
    Map<SessionPhase, Set<SessionPhase>> table =
        Map.of(
            ATTACHED, EnumSet.of(STARTING, RESUMING),
            STARTING, EnumSet.of(TAILING, ENDED),
            RESUMING, EnumSet.of(TAILING, CLOSING_GAP, ENDED),
            TAILING, EnumSet.of(CLOSING_GAP, ENDED),
            CLOSING_GAP, EnumSet.of(TAILING),
            ENDED, EnumSet.noneOf(SessionPhase.class));
    assertThat(
            Arrays.stream(SessionPhase.values())
                .collect(Collectors.toMap(phase -> phase, SessionPhaseTest::followers)))
        .isEqualTo(table);
  }

  private static Set<SessionPhase> followers(SessionPhase phase) {
    return Arrays.stream(SessionPhase.values())
        .filter(phase::mayBecome)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(SessionPhase.class)));
  }
}
