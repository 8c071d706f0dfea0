// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Makes registries that send their metrics by themselves; found by {@link java.util.ServiceLoader}
 * in a jar beside {@code waltap.jar}.
 */
public interface PushProvider {

  /**
   * A registry that sends what is in it every now and then, on a thread of its own, and once more
   * when it is closed. What can't be sent is left out: the next time sends what counts then.
   *
   * @param address of the receiver
   * @param interval between two times
   * @param version of this program
   * @param warnings takes what goes wrong, from any thread
   */
  MeterRegistry open(URI address, Duration interval, String version, Consumer<String> warnings);
}
