// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import java.nio.file.Path;
import java.util.Random;

/** The layers, with how many of a thousand inputs each gets: the slower, the fewer. */
public enum LayerKind {
  /** Pages of transactions, followed in memory. */
  PAGES(884),
  /** WAL and wal-index, read by the tail of the log. */
  LOG(100),
  /** A copied pair of files, inspected. */
  INSPECT(8),
  /** A committed transaction, compared with what SQLite reads of it. */
  SQLITE(5),
  /** Files of a state directory, opened again. */
  STATE(2),
  /** A transaction committed into a live database, captured from its state on. */
  CAPTURE(1);

  private final int share;

  LayerKind(int share) {
    this.share = share;
  }

  /** The layer of an input. */
  static LayerKind of(Random random) {
    int left = random.nextInt(1000);
    for (LayerKind kind : values()) {
      left -= kind.share;
      if (left < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("shares do not add up");
  }

  /**
   * Makes the layer.
   *
   * @param directory its own, for files
   */
  Layer open(Corpus corpus, Path directory) throws Exception {
    return switch (this) {
      case PAGES -> new DamagedPages(corpus);
      case LOG -> new DamagedLog(corpus, directory);
      case INSPECT -> new DamagedPair(corpus, directory);
      case SQLITE -> new DamagedCommit(corpus, directory);
      case STATE -> new DamagedState(corpus, directory);
      case CAPTURE -> new DamagedCapture(corpus, directory);
    };
  }
}
