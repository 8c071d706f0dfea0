// SPDX-License-Identifier: Apache-2.0
package dev.waltap.otlp;

import dev.waltap.host.Threads;
import dev.waltap.monitor.PushProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Makes what {@code --otlp} sends by. */
public final class OtlpProvider implements PushProvider {

  /** Held, since what was set for a logger goes with it. What matters is reported as a warning. */
  private static final Logger LOGGER = Logger.getLogger("io.micrometer");

  /** For {@link java.util.ServiceLoader}. */
  public OtlpProvider() {}

  @Override
  public MeterRegistry open(
      URI address, Duration interval, String version, Consumer<String> warnings) {
    LOGGER.setLevel(Level.WARNING);
    return OtlpMeterRegistry.builder(new OtlpSettings(address, interval, version))
        .metricsSender(new ReportingSender(address, warnings))
        .threadFactory(task -> Threads.daemon("waltap-otlp", task))
        .build();
  }
}
