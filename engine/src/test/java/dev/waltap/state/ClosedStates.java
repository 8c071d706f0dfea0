// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.PageSummary;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** States with the transactions of {@link StateModel}, closed and added to. */
final class ClosedStates {
  private ClosedStates() {}

  /** A state whose transactions up to this one are all acknowledged, closed in order. */
  static ClosedState close(StateDirectory directory, long upTo) {
    try (StateLock lock = directory.hold("test")) {
      StateStore store = directory.exists() ? StateStore.open(lock) : StateModel.create(lock);
      try (store) {
        for (long i = StateModel.number(store.end()) + 1; i <= upTo; i++) {
          add(store, i);
        }
        store.flush();
        store.acknowledge(store.end().position());
        summarize(store);
      }
      return Objects.requireNonNull(store.closed());
    }
  }

  static void add(StateStore store, long number) {
    StateModel.Step step = StateModel.step(number);
    store.add(step.entry(), step.images());
  }

  /** Says what the pages are as of the end of the store; what leads to each is made up. */
  static void summarize(StateStore store) {
    long seed = store.pageSeed().orElseThrow();
    long end = StateModel.number(store.end());
    store.summarize(
        () -> {
          PageSummary summary = new PageSummary();
          new StateModel()
              .advance(end)
              .pages
              .forEach(
                  (page, image) ->
                      summary.add(
                          page,
                          Lz4Codec.hash(image, seed),
                          page == 1 ? PageOwners.ROOT : 1,
                          page == 1 ? PageOwners.INTERIOR : PageOwners.LEAF));
          return summary;
        },
        detail -> {});
  }

  /** Adds transactions, each in a turn of its own, and acknowledges them. */
  static void append(ClosedState closed, long from, long to) {
    for (long i = from; i <= to; i++) {
      try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
        StateModel.Step step = StateModel.step(i);
        appender.add(step.entry(), step.images());
        appender.acknowledge(step.entry().position().position());
      }
    }
  }

  /** Adds one that is not acknowledged. */
  static void add(ClosedState closed, long number) {
    try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
      StateModel.Step step = StateModel.step(number);
      appender.add(step.entry(), step.images());
    }
  }

  /** What a state is found to hold when it is opened: its end, and what is acknowledged. */
  static String opened(StateDirectory directory) {
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      String difference = StateModel.difference(store);
      long end = StateModel.number(store.end());
      if (store.maxEpoch() != store.end().epoch()) {
        return "the largest epoch is " + store.maxEpoch();
      }
      return difference.isEmpty()
          ? end + " acknowledged " + number(store.acknowledged())
          : difference;
    }
  }

  /** Which transaction of the model this is the end of, as text. */
  static String number(@Nullable Position position) {
    for (long i = 0; i < 1000; i++) {
      if (StateModel.position(i).position().equals(position)) {
        return Long.toString(i);
      }
    }
    return String.valueOf(position);
  }
}
