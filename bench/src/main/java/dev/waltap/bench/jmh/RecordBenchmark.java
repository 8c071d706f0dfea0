// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.record.RecordReader;
import dev.waltap.record.StorageClass;
import dev.waltap.record.StoredRow;
import dev.waltap.record.TableLayout;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Decoding of one record: its header alone, all its fields, and the row that users keep. */
@State(Scope.Thread)
public class RecordBenchmark extends HotPath {
  private static final int ROWS = 1024;

  /** {@code typical}: 8 columns; {@code wide}: 100. */
  @Param({"typical", "wide"})
  String rows = "typical";

  private final RecordReader reader = new RecordReader();
  private TableLayout layout;
  private byte[][] payloads;
  private int next;

  /** Takes the rows from a database that SQLite wrote. */
  @Setup
  public void setUp() throws SQLException, IOException {
    try (SampleTable table =
        rows.equals("wide") ? SampleTable.wide(100, ROWS) : SampleTable.typical(ROWS)) {
      layout = table.layout();
      List<byte[]> all = table.payloads();
      payloads = all.toArray(new byte[0][]);
    }
  }

  private byte[] payload() {
    next = (next + 1) & (ROWS - 1);
    return payloads[next];
  }

  /** The header: kinds and offsets of all fields. */
  @Benchmark
  public int wrap() {
    byte[] payload = payload();
    reader.wrap(payload, 0, payload.length);
    return reader.fieldCount();
  }

  /** The header, and the value of each field; of TEXT its place only. */
  @Benchmark
  public void read(Blackhole hole) {
    byte[] payload = payload();
    reader.wrap(payload, 0, payload.length);
    for (int field = 0; field < reader.fieldCount(); field++) {
      switch (reader.storageClass(field)) {
        case INTEGER -> hole.consume(reader.longValue(field));
        case REAL -> hole.consume(reader.doubleValue(field));
        case TEXT, BLOB -> hole.consume(reader.bytesOffset(field) + reader.bytesLength(field));
        case NULL -> {}
      }
    }
  }

  /** The row as users keep it: copied, decoded, texts made. */
  @Benchmark
  public void storedRow(Blackhole hole) {
    byte[] payload = payload();
    StoredRow row = StoredRow.owning(layout, next, payload.clone());
    for (int column = 0; column < layout.columnCount(); column++) {
      StorageClass storageClass = row.valueClass(column);
      switch (storageClass) {
        case INTEGER -> hole.consume(row.longValue(column));
        case REAL -> hole.consume(row.doubleValue(column));
        case TEXT -> hole.consume(row.text(column));
        case BLOB -> hole.consume(row.rawBytes(column));
        case NULL -> {}
      }
    }
  }
}
