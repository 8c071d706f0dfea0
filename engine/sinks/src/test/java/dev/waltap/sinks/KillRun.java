// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.output.ClientOutput;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends without a pause, while the server is killed and started again at random; now and then by a
 * new output that sends again what the one before had sent last, as after a crash of the capture.
 */
final class KillRun {
  private final Callable<ClientOutput> outputs;
  private final ServerProcess server;
  private final Random random;
  private final AtomicLong sent = new AtomicLong();
  private volatile boolean over;

  KillRun(Callable<ClientOutput> outputs, ServerProcess server, long seed) {
    this.outputs = outputs;
    this.server = server;
    this.random = new Random(seed);
  }

  /** Returns how many transactions were sent. */
  long run(int kills) throws Exception {
    CompletableFuture<Void> writing = CompletableFuture.runAsync(this::write);
    try {
      for (int i = 0; i < kills; i++) {
        awaitMore(5 + random.nextInt(40), writing);
        server.kill();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
        server.start();
      }
      awaitMore(20, writing);
    } finally {
      over = true;
      writing.get(30, TimeUnit.SECONDS);
    }
    return sent.get();
  }

  private void awaitMore(int transactions, CompletableFuture<Void> writing) throws Exception {
    long wanted = sent.get() + transactions;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (sent.get() < wanted) {
      if (writing.isDone()) {
        writing.get();
      }
      assertThat(System.nanoTime()).as("nothing is sent any more").isLessThan(until);
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private void write() {
    Random own = new Random(random.nextLong());
    long next = 0;
    try {
      while (!over) {
        try (ClientOutput output = outputs.call()) {
          long until = next + 10 + own.nextInt(100);
          next = Math.max(0, next - own.nextInt(5)); // What was not acknowledged comes again.
          for (; next < until && !over; next++) {
            output.handleChanges(Outputs.batch(Outputs.STREAM, next));
            sent.accumulateAndGet(next + 1, Math::max);
          }
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
