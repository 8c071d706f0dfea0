// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Source;
import dev.waltap.api.TransactionContext;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.json.BlobFormat;
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
  private final Instant timestamp = Instant.ofEpochSecond(1_700_000_000, 123_456_000);
  private Projection projection;
  private byte[][] payloads;
  private int next;
  private List<Change> made = List.of();

  /** Takes rows from a database that SQLite wrote. */
  @Setup
  public void setUp() throws SQLException, IOException {
    try (SampleTable table = SampleTable.typical(2 * BATCH)) {
      projection = Projection.whole(table.layout());
      payloads = table.payloads().toArray(new byte[0][]);
    }
    made = changes();
  }

  private Change change(TransactionContext transaction) {
    next = (next + 1) % BATCH;
    return transaction.change(
        "typical",
        Operation.UPDATE,
        projection.row(next, payloads[next]),
        projection.row(next, payloads[next + BATCH]),
        next,
        false);
  }

  /** A line in a batch of changes that are there already. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void rendered() throws IOException {
    handler.handleChanges(made);
  }

  /**
   * A line in a batch, the making of the change and its rows included, as a capture makes them of
   * payloads that are copied already.
   */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void batch() throws IOException {
    handler.handleChanges(changes());
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>(BATCH);
    TransactionContext transaction = new TransactionContext(1, 204, timestamp, Source.NONE);
    for (int i = 0; i < BATCH; i++) {
      changes.add(change(transaction));
    }
    return changes;
  }
}
