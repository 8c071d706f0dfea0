// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.wal.LogKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two states get the same transactions and acknowledgements, and are opened and closed alike. What
 * one of them gets while it is closed, the other gets by an opening.
 */
class ClosedStateRandomTest {
  private static final int ROUNDS = Integer.getInteger("waltap.rounds", 30);

  @TempDir Path temp;
  private final long seed = Long.getLong("waltap.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private @Nullable ClosedState closed;
  private long end;
  private long acknowledged;
  private long appended;

  private StateDirectory directory(String name) {
    StateDirectory directory = StateDirectory.at(temp.resolve(name));
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
    return directory;
  }

  @Test
  void bothHoldTheSame() {
    StateDirectory one = directory("one");
    StateDirectory plain = directory("plain");
    for (int round = 0; round < ROUNDS; round++) {
      String which = "-Dwaltap.seed=" + seed + ", round " + round;
      int append = random.nextInt(5);
      while (closed != null && append-- > 0) {
        append(which, plain);
      }
      assertThat(StateModel.number(StateStatus.of(one).end())).as(which).isEqualTo(end);
      if (random.nextInt(3) > 0) {
        long roundSeed = random.nextLong();
        ClosedState now = work(one, new Random(roundSeed));
        work(plain, new Random(roundSeed));
        advance(new Random(roundSeed));
        String expected = end + " acknowledged " + acknowledged;
        if (now == null) {
          assertThat(ClosedStates.opened(one)).as(which).isEqualTo(expected);
          assertThat(ClosedStates.opened(plain)).as(which).isEqualTo(expected);
        }
        closed = now;
      }
    }
    assertThat(appended).isPositive();
    assertThat(ClosedStates.opened(one)).isEqualTo(ClosedStates.opened(plain));
  }

  /** Adds one in a turn, which the other state gets by an opening; perhaps not acknowledged. */
  private void append(String which, StateDirectory plain) {
    ClosedState state = closed;
    StateAppender appender = state == null ? null : state.append("turn");
    if (state == null || appender == null) {
      closed = null;
      return;
    }
    end++;
    appended++;
    StateModel.Step step = StateModel.step(end);
    boolean acknowledges = random.nextInt(8) > 0;
    try (appender) {
      StateModel model = new StateModel().advance(end - 1);
      byte[] image = new byte[StateModel.PAGE_SIZE];
      for (int page : step.written().keySet()) {
        byte[] before = model.pages.get(page);
        if (before != null) {
          appender.loadPage(page, Lz4Codec.hash(before, state.pageSeed()), image);
          assertThat(image).as(which).isEqualTo(before);
        }
      }
      appender.add(step.entry(), step.images());
      if (acknowledges) {
        appender.acknowledge(step.entry().position().position());
      }
    }
    try (StateLock lock = plain.hold("test");
        StateStore store = StateStore.open(lock)) {
      ClosedStates.add(store, end);
      store.flush();
      if (acknowledges) {
        store.acknowledge(step.entry().position().position());
      }
    }
    if (acknowledges) {
      acknowledged = end;
    } else {
      closed = null;
    }
  }

  /** Opens a state, works with it, and closes it, perhaps in order. */
  private @Nullable ClosedState work(StateDirectory directory, Random choices) {
    try (StateLock lock = directory.hold("test")) {
      StateStore store = StateStore.open(lock);
      try (store) {
        long last = StateModel.number(store.end());
        assertThat(last).isEqualTo(end);
        int more = choices.nextInt(4);
        for (long i = last + 1; i <= last + more; i++) {
          ClosedStates.add(store, i);
        }
        store.flush();
        store.acknowledge(StateModel.position(upTo(choices, last + more)).position());
        if (choices.nextInt(3) == 0) {
          store.compact(Duration.ofSeconds(1), LogKeeper.NONE);
        }
        if (choices.nextInt(4) > 0) {
          ClosedStates.summarize(store);
        }
      }
      return store.closed();
    }
  }

  /** Says what {@link #work} has done. */
  private void advance(Random choices) {
    end += choices.nextInt(4);
    acknowledged = upTo(choices, end);
  }

  private long upTo(Random choices, long last) {
    return choices.nextInt(4) > 0 ? last : Math.max(acknowledged, last - choices.nextInt(3));
  }
}
