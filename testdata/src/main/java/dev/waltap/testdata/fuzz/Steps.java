// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.model.Snapshot;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a writer does with a database, in steps: most of them a transaction. The connection and the
 * first tables, step 0, are there when it is made. Used from one thread.
 */
interface Steps extends AutoCloseable {

  /**
   * Steps between two comparisons.
   *
   * @param size how many
   * @param exact whether what they change is compared row by row; else in their sum
   */
  record Group(int size, boolean exact) {}

  /** The steps until the next comparison; null at the end. */
  @Nullable Group next();

  /**
   * Does the next of them.
   *
   * @param current the tables that are captured, as they were at the last comparison
   * @param outside those that are not; the same if all are
   */
  void step(Snapshot current, Snapshot outside) throws SQLException;

  /** The writer's connection, in no transaction; another after a step. */
  Connection connection();

  @Override
  void close() throws SQLException;
}
