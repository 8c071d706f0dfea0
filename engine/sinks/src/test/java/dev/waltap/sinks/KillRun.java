// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.output.ClientOutput;
import dev.waltap.testdata.Await;
import java.time.Duration;
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
    Await.until(
        Duration.ofSeconds(30),
        () -> {
          if (writing.isDone()) {
            writing.get();
          }
          return sent.get() >= wanted;
        },
        () -> "nothing is sent any more");
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
