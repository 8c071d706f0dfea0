// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.acceptance;

import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

/** Capture and oracle in this process: the oracle is the handler, so capture goes at its pace. */
public final class EmbeddedJudge implements Judge {
  private final ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT);
  private final OracleHarness harness;

  /** Returns when every later commit is certain to be emitted. */
  public EmbeddedJudge(Path database, Connection source, CaptureFactory capture, Duration limit)
      throws Exception {
    oracle.baseline(source);
    harness = new OracleHarness(database, oracle, capture, engine -> engine.cdc());
    harness.start().awaitReady(limit);
  }

  @Override
  public void awaitMarker(long marker, Duration limit) throws Exception {
    harness.awaitMarker(marker, limit);
  }

  @Override
  public void compareWith(Connection source) throws Exception {
    oracle.compareWith(source);
  }

  @Override
  public long transactions() {
    return oracle.transactions();
  }

  @Override
  public long changes() {
    return oracle.changes();
  }

  @Override
  public long gaps() {
    return harness.capture().metrics().overruns();
  }

  @Override
  public void close() throws Exception {
    try (oracle) {
      harness.close();
    }
  }
}
