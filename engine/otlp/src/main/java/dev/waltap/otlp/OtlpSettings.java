// SPDX-License-Identifier: Apache-2.0
package dev.waltap.otlp;

import io.micrometer.registry.otlp.OtlpConfig;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to and how often. Headers and attributes of the resource are those of OpenTelemetry's own
 * environment variables, as Micrometer reads them.
 */
final class OtlpSettings implements OtlpConfig {
  private final URI address;
  private final Duration interval;
  private final String version;

  OtlpSettings(URI address, Duration interval, String version) {
    this.address = address;
    this.interval = interval;
    this.version = version;
  }

  @Override
  public @Nullable String get(String key) {
    return null; // All that is not said here is as Micrometer has it.
  }

  @Override
  public String url() {
    return address.toString();
  }

  @Override
  public Duration step() {
    return interval;
  }

  @Override
  public Map<String, String> resourceAttributes() {
    Map<String, String> attributes = new HashMap<>(OtlpConfig.super.resourceAttributes());
    attributes.putIfAbsent("service.name", "waltap");
    attributes.putIfAbsent("service.version", version);
    return attributes;
  }
}
