// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.live.LiveStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricDataParser;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTextTest {
  private static final Pattern NAMED = Pattern.compile("\\b(waltap|jvm|process)_[a-z_]+[a-z]");

  private final Monitor monitor = new Monitor(2, new LiveStream(false));
  private final MetricsText metrics = new MetricsText(monitor, "1.2");

  @AfterEach
  void close() {
    metrics.close();
  }

  private PrometheusText scrape() {
    return PrometheusText.read(metrics.scrape(MetricsText.PLAIN));
  }

  private MonitoredDatabase database(String name, long changes) {
    MonitoredDatabase database = monitor.register(name);
    database.metrics(() -> Metrics.of(changes, Duration.ofMillis(1500)));
    database.state(DatabaseState.READY, null);
    return database;
  }

  private static String of(String metric, String database) {
    return "waltap_" + metric + "{database=\"" + database + "\"}";
  }

  @Test
  void namesUnitsAndTypesAreThoseOfPrometheus() {
    database("app.db", 12).warned("something");
    PrometheusText text = scrape();
    assertThat(text.samples())
        .containsEntry(of("changes_total", "app.db"), 12.0)
        .containsEntry(of("lag_seconds", "app.db"), 1.5)
        .containsEntry(of("wal_size_bytes", "app.db"), 600.0)
        .containsEntry(of("read_transaction_time_seconds_total", "app.db"), 0.0)
        .containsEntry(of("page_set_hit_rate_ratio", "app.db"), 0.5)
        .containsEntry(of("ready", "app.db"), 1.0)
        .containsEntry(of("warnings_total", "app.db"), 1.0)
        .containsEntry("waltap_databases{state=\"ready\"}", 1.0)
        .containsEntry("waltap_databases{state=\"failed\"}", 0.0)
        .containsEntry("waltap_build_info{version=\"1.2\"}", 1.0);
    assertThat(text.types())
        .containsEntry("waltap_changes_total", "counter")
        .containsEntry("waltap_lag_seconds", "gauge")
        .containsKeys("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_cpu_usage");
  }

  @Test
  void aLibraryReadsTheSame() throws IOException {
    database("app.db", 12).warned("something");
    database("of a space, a \" quote.db", 7);
    String text = metrics.scrape(MetricsText.PLAIN);
    Map<String, String> types = new TreeMap<>();
    int samples = 0;
    var parser =
        new TextPrometheusMetricDataParser(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    for (MetricFamily family = parser.parse(); family != null; family = parser.parse()) {
      types.put(family.getName(), family.getType().name().toLowerCase(Locale.ROOT));
      samples += family.getMetrics().size();
      assertThat(family.getHelp()).as(family.getName()).isNotBlank();
      if (family.getName().equals("waltap_changes_total")) {
        assertThat(family.getMetrics())
            .extracting(metric -> metric.getLabels() + " " + ((Counter) metric).getValue())
            .contains("{database=app.db} 12.0");
      }
    }
    PrometheusText ours = PrometheusText.read(text);
    // It has one object for a summary or a histogram, of which we count each line.
    assertThat(types).isEqualTo(new TreeMap<>(ours.types()));
    assertThat(samples).isPositive().isLessThanOrEqualTo(ours.samples().size());
  }

  @Test
  void aNameOfAnyCharactersIsALabel() {
    database("a\"b\\c\nd é.db", 1);
    assertThat(scrape().samples()).containsKey(of("ready", "a\\\"b\\\\c\\nd é.db"));
  }

  @Test
  void databasesBeyondTheBoundAreSummedUnderOther() {
    database("a", 1);
    database("b", 2);
    database("c", 4);
    database("d", 8).state(DatabaseState.RETRYING, "broken");
    assertThat(scrape().samples())
        .containsEntry(of("changes_total", "a"), 1.0)
        .containsEntry(of("changes_total", "b"), 2.0)
        .containsEntry(of("changes_total", "other"), 12.0)
        .containsEntry(of("wal_size_bytes", "other"), 1200.0)
        .containsEntry(of("lag_seconds", "other"), 1.5)
        .containsEntry(of("ready", "other"), 0.0)
        .doesNotContainKeys(of("changes_total", "c"), of("changes_total", "d"));
  }

  @Test
  void aSumDoesNotDecreaseWhenOneOfItsDatabasesGoes() {
    database("a", 1);
    database("b", 2);
    MonitoredDatabase gone = database("c", 4);
    scrape();
    gone.close();
    assertThat(scrape().samples())
        .containsEntry(of("changes_total", "other"), 4.0)
        .containsEntry(of("wal_size_bytes", "other"), 0.0);
  }

  @Test
  void whatACaptureCountedStaysWhenAnotherTakesItsPlace() {
    MonitoredDatabase database = database("a", 5);
    scrape();
    database.metrics(() -> null);
    assertThat(scrape().samples())
        .containsEntry(of("changes_total", "a"), 5.0)
        .containsEntry(of("wal_size_bytes", "a"), 0.0);
    database.metrics(() -> Metrics.of(2, Duration.ZERO));
    assertThat(scrape().samples())
        .containsEntry(of("changes_total", "a"), 7.0)
        .containsEntry(of("wal_size_bytes", "a"), 600.0);
  }

  @Test
  void aDatabaseThatGoesTakesItsSeriesAndLeavesItsPlace() {
    MonitoredDatabase gone = database("a", 1);
    database("b", 2);
    scrape();
    gone.close();
    database("c", 4);
    assertThat(scrape().samples())
        .containsKeys(of("changes_total", "b"), of("changes_total", "c"))
        .doesNotContainKeys(of("changes_total", "a"), of("changes_total", "other"));
  }

  @Test
  void aDatabaseOfTheNameOtherIsNotTakenForTheSum() {
    database("other", 1);
    database("b", 2);
    database("c", 4);
    assertThat(scrape().samples())
        .containsEntry(of("changes_total", "other"), 1.0)
        .containsEntry(of("changes_total", "c"), 4.0);
  }

  @Test
  void openMetricsIsGivenToWhoAsksForIt() {
    database("app.db", 1);
    String asked = MetricsText.contentType("application/openmetrics-text;version=1.0.0,*/*;q=0.1");
    assertThat(metrics.scrape(asked)).endsWith("# EOF\n").contains("waltap_changes_total{");
    assertThat(MetricsText.contentType("*/*")).isEqualTo(MetricsText.PLAIN);
  }

  /** What alerts and the dashboard ask for is what there is. */
  @Test
  void alertsAndDashboardNameOnlyMetricsThatThereAre() throws IOException {
    database("app.db", 1);
    Set<String> known = new TreeSet<>(scrape().types().keySet());
    for (String file : Set.of("alerts.yml", "dashboard.json")) {
      Set<String> named = new TreeSet<>();
      String text = Files.readString(Path.of("dist", "src", "main", "monitoring", file));
      Matcher matcher = NAMED.matcher(text);
      while (matcher.find()) {
        named.add(matcher.group());
      }
      assertThat(known).as(file).containsAll(named);
      assertThat(named).as(file).hasSizeGreaterThan(7);
    }
  }
}
