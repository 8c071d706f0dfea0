// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The databases as the page shows them: in sum, and those that most want to be looked at. */
final class PageStatus {
  private static final int MAX_LISTED = 200;

  /** Those that don't work before those that lag, and these before the others. */
  private static final Comparator<Row> ORDER =
      Comparator.comparing((Row row) -> row.status.state().isReady())
          .thenComparing(row -> row.metrics.lag(), Comparator.reverseOrder())
          .thenComparing(row -> row.metrics.changes(), Comparator.reverseOrder())
          .thenComparing(row -> row.database.name());

  private final Monitor monitor;
  private final String version;

  private record Row(
      MonitoredDatabase database, MonitoredDatabase.Status status, CaptureMetrics metrics) {}

  PageStatus(Monitor monitor, String version) {
    this.monitor = monitor;
    this.version = version;
  }

  /** Writes an object. */
  void write(JsonGenerator json) throws IOException {
    List<Row> rows = new ArrayList<>();
    SummedMetrics sum = new SummedMetrics();
    int ready = 0;
    for (MonitoredDatabase database : monitor.databases()) {
      Row row = new Row(database, database.status(), database.metrics());
      rows.add(row);
      sum.add(row.metrics);
      ready += row.status.state().isReady() ? 1 : 0;
    }
    json.writeStartObject();
    json.writeStringField("version", version);
    json.writeNumberField("time", System.currentTimeMillis());
    json.writeNumberField("count", rows.size());
    json.writeNumberField("ready", ready);
    write(sum, json);
    list(rows, json);
    json.writeEndObject();
  }

  private static void list(List<Row> rows, JsonGenerator json) throws IOException {
    rows.sort(ORDER);
    json.writeArrayFieldStart("databases");
    for (Row row : rows.subList(0, Math.min(MAX_LISTED, rows.size()))) {
      Position position = row.metrics.position();
      json.writeStartObject();
      json.writeStringField("name", row.database.name());
      json.writeStringField("state", row.status.state().word());
      json.writeStringField("why", row.status.why());
      json.writeNumberField("since", row.status.since().toEpochMilli());
      json.writeStringField("position", position == null ? null : position.toString());
      json.writeNumberField("warnings", row.database.warnings());
      json.writeStringField("warning", row.database.lastWarning());
      write(row.metrics, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(CaptureMetrics metrics, JsonGenerator json) throws IOException {
    json.writeNumberField("lag", metrics.lag().toNanos() / 1e9);
    json.writeNumberField("waiting", metrics.lagTransactions());
    json.writeNumberField("wal", metrics.walBytes());
    json.writeNumberField("queue", metrics.queueDepth());
    json.writeNumberField("transactions", metrics.transactions());
    json.writeNumberField("changes", metrics.changes());
    json.writeNumberField("bytes", metrics.bytes());
    json.writeNumberField("gaps", metrics.reconciles());
  }
}
