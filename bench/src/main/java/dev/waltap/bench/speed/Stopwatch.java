// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.time.Duration;

/** Takes the time of this process, by the clock and of its processors. For any thread. */
final class Stopwatch {
  private final long start = System.nanoTime();
  private final Duration processor = processor();

  private static Duration processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  Sample elapsed() {
    return new Sample(
        (System.nanoTime() - start) / 1e9, processor().minus(processor).toNanos() / 1e9);
  }
}
