// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Transaction;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.json.BlobFormat;
import dev.waltap.record.RowReader;
import dev.waltap.record.StoredRow;
import dev.waltap.record.TableLayout;
import dev.waltap.schema.Projection;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An update of a row of eight columns as a line of JSON, decoding included. */
@State(Scope.Thread)
public class JsonBenchmark extends HotPath {
  private static final int BATCH = 256;

  private final OutputStream nowhere = OutputStream.nullOutputStream();
  private final JsonLinesHandler handler = new JsonLinesHandler(nowhere, BlobFormat.HEX);
  private final RowReader reader = new RowReader();
  private TableLayout layout;
  private Projection projection;
  private byte[][] payloads;
  private int next;
  private List<Change> made = List.of();

  /** Takes rows from a database that SQLite wrote. */
  @Setup
  public void setUp() throws SQLException, IOException {
    try (SampleTable table = SampleTable.typical(2 * BATCH)) {
      layout = table.layout();
      projection = Projection.whole(layout);
      payloads = table.payloads().toArray(new byte[0][]);
    }
    made = changes();
  }

  private Change change() {
    next = (next + 1) % BATCH;
    StoredRow was = StoredRow.owning(layout, next, payloads[next]);
    StoredRow is = StoredRow.owning(layout, next, payloads[next + BATCH]);
    Row key = projection.key(is, reader);
    return new Change(
        "typical",
        Instant.ofEpochSecond(1_700_000_000, 123_456_000),
        Operation.UPDATE,
        projection.row(was),
        projection.row(is),
        key,
        new Position(1, 204, next),
        new Transaction("1:204", next, false),
        null,
        null);
  }

  /** A line in a batch of changes that are there already. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void rendered() throws IOException {
    handler.handleChanges(made);
  }

  /** A line in a batch, the making of the change and its rows included. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void batch() throws IOException {
    handler.handleChanges(changes());
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      changes.add(change());
    }
    return changes;
  }
}
