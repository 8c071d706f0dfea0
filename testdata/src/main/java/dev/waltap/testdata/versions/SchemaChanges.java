// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes up changes of the schema in the words of one version; some will be refused. */
final class SchemaChanges {
  private final Random random;
  private final Dialect dialect;
  private final List<String> tables = new ArrayList<>();
  private int names;

  SchemaChanges(Random random, Dialect dialect) {
    this.random = random;
    this.dialect = dialect;
  }

  /** A statement outside of a transaction. */
  String alone() {
    return switch (random.nextInt(4)) {
      case 0 -> "VACUUM";
      case 1 -> "PRAGMA incremental_vacuum(3)";
      case 2 -> "ANALYZE";
      default -> "REINDEX";
    };
  }

  /** Statements of a transaction. */
  List<String> next() {
    String name = tables.isEmpty() ? "" : tables.get(random.nextInt(tables.size()));
    int choice = tables.size() < 2 ? 0 : random.nextInt(tables.size() > 5 ? 9 : 8);
    return switch (choice) {
      case 0, 1 -> create();
      case 2 -> List.of("ALTER TABLE " + name + " ADD COLUMN c" + names++ + " DEFAULT 'added'");
      case 3 -> {
        String to = "r" + names++;
        tables.set(tables.indexOf(name), to);
        yield List.of("ALTER TABLE " + name + " RENAME TO " + to);
      }
      case 4 -> List.of("CREATE INDEX i" + names++ + " ON " + name + "(b)");
      case 5 -> List.of("ANALYZE");
      case 6 ->
          dialect.renameColumn()
              ? List.of("ALTER TABLE " + name + " RENAME COLUMN c TO d" + names++)
              : List.of("CREATE VIEW v" + names++ + " AS SELECT * FROM plain");
      case 7 ->
          dialect.dropColumn()
              ? List.of("ALTER TABLE " + name + " DROP COLUMN c")
              : List.of("CREATE TEMP TABLE t" + names++ + "(x)");
      default -> {
        tables.remove(name);
        yield List.of("DROP TABLE " + name);
      }
    };
  }

  private List<String> create() {
    String name = "d" + names++;
    tables.add(name);
    boolean withoutRowid = dialect.withoutRowid() && random.nextInt(3) == 0;
    return List.of(
        "CREATE TABLE "
            + name
            + "(a INTEGER, b TEXT DEFAULT 'b', c, PRIMARY KEY(a DESC))"
            + (withoutRowid ? " WITHOUT ROWID" : ""),
        "INSERT INTO " + name + "(a, c) SELECT i, " + random.nextInt(100) + " FROM numbers");
  }
}
