// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.Closeable;

/** All metrics as Prometheus reads them. For any thread; one scrape at a time. */
final class MetricsText implements Closeable {

  /** A later version of the text format, for whoever asks for it. */
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Meters meters;

  /**
   * The metrics of these databases and of the JVM.
   *
   * @param version of this program
   */
  MetricsText(Monitor monitor, String version) {
    this.meters = new Meters(registry, monitor, version);
  }

  /** The type of content to answer with, where these were asked for. */
  static String contentType(String accepted) {
    return accepted.contains("application/openmetrics-text") ? OPEN_METRICS : PLAIN;
  }

  /** The metrics of this moment. */
  synchronized String scrape(String contentType) {
    meters.refresh();
    return registry.scrape(contentType);
  }

  @Override
  public void close() {
    meters.close();
  }
}
