// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import java.util.List;

/**
 * A transaction of the shop's application.
 *
 * @param statements the SQL as it is run, one statement after the other, {@code BEGIN} and {@code
 *     COMMIT} included; one statement alone commits by itself
 */
record ShopTransaction(List<String> statements) {

  /** In place of the first one: the rows that the capture finds. */
  static final ShopTransaction SNAPSHOT = of("-- the rows that are there when the capture starts");

  ShopTransaction {
    statements = List.copyOf(statements);
  }

  static ShopTransaction of(String... statements) {
    return new ShopTransaction(List.of(statements));
  }

  /** Whether nothing of it is committed. */
  boolean isRolledBack() {
    return statements.get(statements.size() - 1).startsWith("ROLLBACK");
  }
}
