// SPDX-License-Identifier: Apache-2.0
package dev.waltap.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.live.LiveStream;
import dev.waltap.monitor.MetricsPush;
import dev.waltap.monitor.Monitor;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OtlpTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Monitor monitor = new Monitor(10, new LiveStream(false));
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();

  private MetricsPush open(Receiver receiver, Duration interval) throws Exception {
    return MetricsPush.open(receiver.address(), interval, monitor, "1.2", warnings::add);
  }

  private static Stream<Metric> metrics(ExportMetricsServiceRequest request) {
    return request.getResourceMetricsList().stream()
        .flatMap(each -> each.getScopeMetricsList().stream())
        .flatMap(each -> each.getMetricsList().stream());
  }

  private static List<String> attributes(List<KeyValue> attributes) {
    return attributes.stream()
        .map(each -> each.getKey() + "=" + each.getValue().getStringValue())
        .toList();
  }

  @Test
  void metricsOfEachDatabaseAreSentAtTheEndEvenIfItCameLate() throws Exception {
    try (Receiver receiver = new Receiver()) {
      try (MetricsPush push = open(receiver, HOUR)) {
        assertThat(push).isNotNull();
        monitor.register("shop").warned("something");
      }
      ExportMetricsServiceRequest request = receiver.requests.poll(20, TimeUnit.SECONDS);
      assertThat(request).isNotNull();
      ResourceMetrics resource = request.getResourceMetrics(0);
      assertThat(attributes(resource.getResource().getAttributesList()))
          .contains("service.name=waltap", "service.version=1.2");
      assertThat(metrics(request).map(Metric::getName))
          .contains("waltap.changes", "waltap.lag", "waltap.ready", "jvm.memory.used");
      assertThat(metrics(request).filter(each -> each.getName().equals("waltap.warnings")))
          .singleElement()
          .satisfies(
              warned -> {
                assertThat(warned.getSum().getIsMonotonic()).isTrue();
                assertThat(warned.getSum().getDataPoints(0).getAsDouble()).isEqualTo(1);
                assertThat(attributes(warned.getSum().getDataPoints(0).getAttributesList()))
                    .containsExactly("database=shop");
              });
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void theyAreSentEveryNowAndThenWithTheNumbersOfThatMoment() throws Exception {
    try (Receiver receiver = new Receiver();
        MetricsPush push = open(receiver, Duration.ofSeconds(1))) {
      assertThat(push).isNotNull();
      monitor.register("shop");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      boolean seen = false;
      while (!seen && System.nanoTime() < end) {
        ExportMetricsServiceRequest request = receiver.requests.poll(20, TimeUnit.SECONDS);
        seen = request != null && metrics(request).anyMatch(OtlpTest::countsOneStarting);
      }
      assertThat(seen).isTrue();
    }
  }

  private static boolean countsOneStarting(Metric metric) {
    return metric.getName().equals("waltap.databases")
        && metric.getGauge().getDataPointsList().stream()
            .anyMatch(
                each ->
                    each.getAsDouble() == 1
                        && attributes(each.getAttributesList()).contains("state=starting"));
  }

  @Test
  void aReceiverThatFailsIsWarnedOfOnceAndWhenItWorksAgain() throws Exception {
    try (Receiver receiver = new Receiver()) {
      receiver.answerWith(503);
      try (MetricsPush push = open(receiver, Duration.ofSeconds(1))) {
        assertThat(push).isNotNull();
        assertThat(warnings.poll(20, TimeUnit.SECONDS))
            .contains("metrics to " + receiver.address() + " were not sent")
            .contains("503");
        receiver.answerWith(200);
        assertThat(warnings.poll(20, TimeUnit.SECONDS)).contains("delivered again");
      }
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void aReceiverThatIsNotThereEndsNothing() throws Exception {
    Receiver gone = new Receiver();
    gone.close();
    open(gone, HOUR).close();
    assertThat(warnings).singleElement().asString().contains("were not sent");
  }
}
