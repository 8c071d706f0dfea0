// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureOptions;
import dev.waltap.btree.PageSummary;
import dev.waltap.schema.Schema;
import dev.waltap.schema.Table;
import dev.waltap.state.ClosedState;
import org.jspecify.annotations.Nullable;

/**
 * What a capture that ended in order leaves in memory, so that {@link CatchUp} can emit what is
 * committed afterwards without opening the state or a connection. For one thread at a time; good
 * for one use, which gives the next.
 */
public final class ParkedCapture {
  private static final int FIXED_BYTES = 2048;
  private static final int BYTES_PER_PAGE = 17;

  private static final int BYTES_PER_TABLE = 512;

  /** Of a table's declaration, whose columns it stands for: as measured, of 13 columns. */
  private static final int BYTES_PER_CHARACTER = 6;

  private final ClosedState state;
  private final PageSummary summary;
  private final Schema schema;
  private final boolean isInFile;

  /**
   * All of the same moment.
   *
   * @param summary what the pages of the captured tables are
   * @param schema whose tables; nobody changes it any more
   * @param isInFile whether the database file is known to have had all of it
   */
  ParkedCapture(ClosedState state, PageSummary summary, Schema schema, boolean isInFile) {
    this.isInFile = isInFile;
    this.state = state;
    this.summary = summary;
    this.schema = schema;
  }

  /**
   * What a session with these options has left, if all of it can be read from its state, as by
   * another process than the one that it was in: takes a few reads, and no connection.
   *
   * @return null if a session has to be opened; that also finds out what is wrong with the state,
   *     if anything is
   */
  public static @Nullable ParkedCapture load(CaptureOptions options) {
    return SavedCapture.load(options);
  }

  ClosedState state() {
    return state;
  }

  PageSummary summary() {
    return summary;
  }

  Schema schema() {
    return schema;
  }

  boolean isInFile() {
    return isInFile;
  }

  /** The same, with what became of the database file since. */
  ParkedCapture inFile(boolean is) {
    return is == isInFile ? this : new ParkedCapture(state, summary, schema, is);
  }

  /** About how many bytes of memory it takes at most: captures with the same tables share some. */
  public long bytes() {
    long tables = 0;
    for (Table table : schema.tables()) {
      tables += BYTES_PER_TABLE + (long) table.sql().length() * BYTES_PER_CHARACTER;
    }
    return FIXED_BYTES + (long) summary.size() * BYTES_PER_PAGE + tables;
  }
}
