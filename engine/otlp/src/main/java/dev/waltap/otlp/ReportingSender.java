// SPDX-License-Identifier: Apache-2.0
package dev.waltap.otlp;

import dev.waltap.handler.RetryReport;
import io.micrometer.core.ipc.http.HttpUrlConnectionSender;
import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/** Sends by HTTP, and says in words when that fails and when it works again. */
final class ReportingSender implements OtlpMetricsSender {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  private final OtlpMetricsSender http =
      new OtlpHttpMetricsSender(new HttpUrlConnectionSender(CONNECT_TIMEOUT, READ_TIMEOUT));
  private final URI address;
  private final RetryReport report;

  ReportingSender(URI address, Consumer<String> warnings) {
    this.address = address;
    this.report = new RetryReport("metrics to " + address, warnings, System::nanoTime);
  }

  @Override
  public synchronized void send(Request request) {
    try {
      http.send(request);
      report.delivered();
    } catch (Exception e) {
      report.failed("metrics to " + address + " were not sent: " + e.getMessage());
    }
  }
}
