// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.testdata.model.Value.BlobStyle;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The oracle for JSON lines as the command line writes them. JSON shows a blob as the text of its
 * digits, so replica and source are compared in those terms. Used like the oracle behind it.
 */
public final class JsonLineOracle implements AutoCloseable {
  private final ReplicaOracle oracle;
  private long openMarker = -1;
  private long marker = -1;

  /**
   * Makes one.
   *
   * @param blobs how the command line was asked to write blobs
   */
  public JsonLineOracle(OracleOptions options, BlobStyle blobs) {
    this.oracle = new ReplicaOracle(options.withJson(blobs));
  }

  /** Takes one line, without its end. */
  public void line(String line) {
    Change change = JsonChangeReader.read(line);
    oracle.accept(change);
    openMarker = Math.max(openMarker, Markers.numberIn(change));
    if (change.transaction().last()) {
      marker = openMarker;
    }
  }

  /** Takes all lines of a file; a torn last line is an error like any other. */
  public void file(Path file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        line(line);
      }
    }
  }

  /** Takes the lines. */
  public void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  /** The highest marker seen in a whole transaction, or -1. */
  public long marker() {
    return marker;
  }

  /** The oracle behind it, for baselines and restarts. */
  public ReplicaOracle oracle() {
    return oracle;
  }

  /** Compares with the source; nothing may be written to it meanwhile. */
  public void compareWith(Connection source) throws SQLException {
    oracle.compareWith(source);
  }

  @Override
  public void close() {
    oracle.close();
  }
}
