// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.oracle.Markers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Steps made up on the way: each statement follows from the case's seed and from what the database
 * holds, whether it is captured or not.
 */
final class RandomSteps implements Steps {
  private final FuzzCase fuzzed;
  private final Random random;
  private final FuzzWriter writer;
  private int done;

  /**
   * Makes the first tables.
   *
   * @param random the one that made the database's setup
   * @param empty what the database holds
   */
  RandomSteps(FuzzCase fuzzed, Random random, Setup setup, TestDatabase database, Snapshot empty)
      throws SQLException {
    this.fuzzed = fuzzed;
    this.random = random;
    Values values = new Values(random, fuzzed.features(), empty.charset(), setup.pageSize());
    this.writer = new FuzzWriter(database.path(), random, fuzzed.features(), values);
    Markers.create(writer.connection());
    writer.createTables(1 + random.nextInt(5), empty);
  }

  @Override
  public @Nullable Group next() {
    if (done >= fuzzed.transactions()) {
      return null;
    }
    int size = random.nextBoolean() ? 1 : fuzzed.burst();
    done += size;
    return new Group(size, size == 1);
  }

  @Override
  public void step(Snapshot current, Snapshot outside) throws SQLException {
    // Now and then something of the tables that are left out, which may enter by it.
    writer.step(random.nextInt(4) == 0 ? outside : current);
  }

  @Override
  public Connection connection() {
    return writer.connection();
  }

  /** Does something while no connection of this is open. */
  void closed(Callable<Void> meanwhile) throws Exception {
    writer.close(meanwhile);
  }

  /** The statements of the last step, those that were refused among them. */
  List<Sql> statements() {
    return writer.statements();
  }

  /** The same, with what became of them, for reports. */
  List<String> log() {
    return writer.log();
  }

  @Override
  public void close() throws SQLException {
    writer.close();
  }
}
