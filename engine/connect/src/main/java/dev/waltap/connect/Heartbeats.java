// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Says of databases in which nothing happens that they are captured. For one thread. */
final class Heartbeats {
  static final Schema KEY =
      SchemaBuilder.struct()
          .name("io.debezium.connector.common.ServerNameKey")
          .version(1)
          .field("serverName", Schema.STRING_SCHEMA)
          .build();
  static final Schema VALUE =
      SchemaBuilder.struct()
          .name("io.debezium.connector.common.Heartbeat")
          .version(1)
          .field("ts_ms", Schema.INT64_SCHEMA)
          .build();

  private final ConnectSettings settings;
  private final long nanos;
  private long last = System.nanoTime();

  Heartbeats(ConnectSettings settings) {
    this.settings = settings;
    this.nanos = TimeUnit.MILLISECONDS.toNanos(settings.heartbeatMillis());
  }

  /** There were records. */
  void beat() {
    last = System.nanoTime();
  }

  /** One of each database if it is time; none before a database has an offset. */
  List<SourceRecord> due(List<DatabaseCapture> captures) {
    List<SourceRecord> records = new ArrayList<>();
    if (nanos == 0 || System.nanoTime() - last < nanos) {
      return records;
    }
    beat();
    for (DatabaseCapture capture : captures) {
      StreamOffset offset = capture.offset();
      if (offset != null) {
        records.add(
            new SourceRecord(
                StreamOffset.partition(capture.name()),
                offset.map(),
                settings.heartbeatTopic(capture.name()),
                null,
                KEY,
                new Struct(KEY).put("serverName", capture.name()),
                VALUE,
                new Struct(VALUE).put("ts_ms", System.currentTimeMillis())));
      }
    }
    return records;
  }
}
