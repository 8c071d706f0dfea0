// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** What the worker is asked when databases come and go. */
class DirectoryWatchTest {

  @Test
  void aWorkerThatCouldNotReconfigureIsAskedAgain() throws Exception {
    AtomicInteger listings = new AtomicInteger();
    CountDownLatch asked = new CountDownLatch(2);
    try (DirectoryWatch watch =
        new DirectoryWatch(
            () -> listings.getAndIncrement() == 0 ? List.of() : List.of("new.db"),
            1,
            () -> {
              asked.countDown();
              if (asked.getCount() > 0) {
                throw new ConnectException("no leader just now");
              }
            })) {
      assertThat(watch).isNotNull();
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
