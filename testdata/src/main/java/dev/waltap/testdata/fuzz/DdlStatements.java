// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.model.Names;
import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.oracle.Markers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Random changes of the schema. With {@link Feature#MIXED_DDL} a transaction gets several of {@link
 * #next}, and such as look like others in their sum.
 */
final class DdlStatements {
  private static final int MAX_TABLES = 8;

  private final Random random;
  private final Set<Feature> features;
  private final TableMaker maker;
  private final List<String> virtualTables = new ArrayList<>();
  private int counter;

  DdlStatements(Random random, Set<Feature> features, TableMaker maker) {
    this.random = random;
    this.features = features;
    this.maker = maker;
  }

  /** Tables that may be changed: all but the marker. */
  static List<Snapshot.Table> tables(Snapshot current) {
    return current.tables().values().stream()
        .filter(table -> !table.shape().name().equals(Markers.TABLE))
        .toList();
  }

  /** The statements of one change. */
  List<String> next(Snapshot current) {
    List<Snapshot.Table> tables = tables(current);
    if (tables.size() < 2) {
      return List.of(maker.create(maker.freshName(), current));
    }
    Shape shape = tables.get(random.nextInt(tables.size())).shape();
    String table = Names.quote(shape.name());
    boolean full = tables.size() >= MAX_TABLES;
    if (features.contains(Feature.VIRTUAL_TABLES) && random.nextInt(6) == 0) {
      return virtual();
    }
    if (features.contains(Feature.MIXED_DDL) && random.nextInt(3) == 0) {
      return random.nextBoolean()
          ? mixed(shape, tables, current)
          : rotation(shape, tables, current);
    }
    return switch (random.nextInt(14)) {
      case 0, 1 ->
          full ? List.of("DROP TABLE " + table) : List.of(maker.create(maker.freshName(), current));
      case 2 -> List.of("DROP TABLE " + table);
      case 3 -> List.of("ALTER TABLE " + table + " RENAME TO " + Names.quote(maker.freshName()));
      case 4 ->
          List.of("ALTER TABLE " + table + " RENAME COLUMN " + column(shape) + " TO " + fresh());
      case 5, 6 -> List.of(addColumn(shape));
      case 7 -> List.of("ALTER TABLE " + table + " DROP COLUMN " + column(shape));
      case 8 ->
          full
              ? List.of("ANALYZE")
              : List.of(
                  "CREATE TABLE " + Names.quote(maker.freshName()) + " AS SELECT * FROM " + table);
      case 9 -> List.of("DROP TABLE " + table, recreate(shape, current));
      case 10 -> List.of("REINDEX", "ANALYZE");
      case 11 -> index(shape);
      case 12 -> trigger(shape, tables);
      default -> List.of("CREATE VIEW v" + counter++ + " AS SELECT * FROM " + table);
    };
  }

  /** Changes that look like others: of names that go from one to the other, of roots taken over. */
  private List<String> mixed(Shape shape, List<Snapshot.Table> tables, Snapshot current) {
    String table = Names.quote(shape.name());
    Shape other = tables.get(random.nextInt(tables.size())).shape();
    return switch (random.nextInt(7)) {
      case 0 -> List.of("DROP TABLE " + table, maker.create(maker.freshName(), current));
      case 1 -> List.of("DROP TABLE " + table, maker.create(shape.name(), current));
      case 2 -> swap("ALTER TABLE ", table, Names.quote(other.name()));
      case 3 -> swap("ALTER TABLE " + table + " RENAME COLUMN ", column(shape), column(shape));
      case 4 -> {
        String column = column(shape);
        yield List.of(
            "ALTER TABLE " + table + " DROP COLUMN " + column,
            "ALTER TABLE " + table + " ADD COLUMN " + column + " DEFAULT " + maker.defaultValue());
      }
      case 5 ->
          List.of(
              "ALTER TABLE " + table + " RENAME TO " + Names.quote(maker.freshName()),
              maker.create(shape.name(), current));
      default ->
          List.of(
              "DROP TABLE " + table,
              "ALTER TABLE " + Names.quote(other.name()) + " RENAME TO " + table);
    };
  }

  /** Tables that take over each other's names, with all of their rows. */
  private List<String> rotation(Shape shape, List<Snapshot.Table> tables, Snapshot current) {
    String table = Names.quote(shape.name());
    String other = Names.quote(tables.get(random.nextInt(tables.size())).shape().name());
    String third = Names.quote(tables.get(random.nextInt(tables.size())).shape().name());
    String fresh = Names.quote(maker.freshName());
    return switch (random.nextInt(6)) {
      case 0 ->
          List.of(
              rename(table, "swapped"),
              rename(other, table),
              rename(third, other),
              rename("swapped", third));
      case 1 -> List.of("DROP TABLE " + other, rename(table, other), shape.sql());
      case 2 -> List.of(rename(table, fresh), shape.sql());
      case 3 ->
          List.of(
              "CREATE TABLE " + fresh + " AS SELECT * FROM " + other,
              "DROP TABLE " + table,
              rename(fresh, table));
      case 4 ->
          List.of(
              "DROP TABLE " + third,
              rename(other, third),
              rename(table, other),
              maker.create(shape.name(), current));
      default ->
          List.of(
              "DROP TABLE " + table,
              "DROP TABLE " + other,
              maker.create(maker.freshName(), current),
              maker.create(shape.name(), current));
    };
  }

  private static String rename(String from, String to) {
    return "ALTER TABLE " + from + " RENAME TO " + to;
  }

  /** A change of a virtual table or of its rows, of which nothing is emitted. */
  private List<String> virtual() {
    String name = virtualTables.isEmpty() ? "" : anyVirtual();
    return switch (virtualTables.isEmpty() ? 0 : random.nextInt(7)) {
      case 0, 1 -> {
        String created = "virtual" + counter++;
        virtualTables.add(created);
        String module = random.nextBoolean() ? " USING fts5(x)" : " USING rtree(x, a, b)";
        yield List.of("CREATE VIRTUAL TABLE " + created + module);
      }
      case 2 -> {
        virtualTables.remove(name);
        yield List.of("DROP TABLE " + name);
      }
      case 3 -> {
        virtualTables.remove(name);
        String renamed = "virtual" + counter++;
        virtualTables.add(renamed);
        yield List.of(rename(name, renamed));
      }
      case 4 -> List.of("DELETE FROM " + name);
      default -> List.of("INSERT INTO " + name + "(x) VALUES(" + random.nextInt(1000) + ")");
    };
  }

  private String anyVirtual() {
    return virtualTables.get(random.nextInt(virtualTables.size()));
  }

  private static List<String> swap(String verb, String one, String other) {
    String place = verb.endsWith("COLUMN ") ? " TO " : " RENAME TO ";
    return List.of(
        verb + one + place + "swapped",
        verb + other + place + one,
        verb + "swapped" + place + other);
  }

  private String fresh() {
    counter++;
    return Names.quote(maker.columnName(10_000 + counter));
  }

  private String column(Shape shape) {
    return Names.quote(shape.columns().get(random.nextInt(shape.columns().size())).name());
  }

  private String addColumn(Shape shape) {
    String type = maker.type(shape.strict());
    String value = shape.strict() ? "" : " DEFAULT " + maker.defaultValue();
    String options =
        switch (random.nextInt(5)) {
          case 0 -> "";
          case 1 -> shape.strict() ? "" : " NOT NULL" + value;
          case 2 ->
              features.contains(Feature.GENERATED)
                  ? " AS (" + column(shape) + " || 'v') VIRTUAL"
                  : value;
          default -> value;
        };
    return "ALTER TABLE "
        + Names.quote(shape.name())
        + " ADD COLUMN "
        + fresh()
        + " "
        + type
        + options;
  }

  /** The table again: exactly as it was, or with more columns than it had. */
  private String recreate(Shape shape, Snapshot current) {
    if (random.nextBoolean()) {
      return shape.sql();
    }
    if (features.contains(Feature.MIXED_DDL)) {
      return maker.create(shape.name(), current);
    }
    for (int i = 0; i < 20; i++) {
      String sql = maker.create(shape.name(), current);
      if (sql.split(",").length > shape.sql().split(",").length + 2) {
        return sql;
      }
    }
    return shape.sql();
  }

  private List<String> index(Shape shape) {
    if (!features.contains(Feature.INDEXES)) {
      return List.of("ANALYZE");
    }
    counter++;
    return List.of(
        "CREATE INDEX i"
            + counter
            + " ON "
            + Names.quote(shape.name())
            + "("
            + column(shape)
            + ")");
  }

  private List<String> trigger(Shape shape, List<Snapshot.Table> tables) {
    if (!features.contains(Feature.TRIGGERS)) {
      return List.of("ANALYZE");
    }
    counter++;
    Shape other = tables.get(random.nextInt(tables.size())).shape();
    String[] events = {"INSERT", "UPDATE", "DELETE"};
    String action =
        random.nextBoolean()
            ? "DELETE FROM " + Names.quote(other.name()) + " WHERE " + column(other) + " = 1"
            : "INSERT OR IGNORE INTO " + Names.quote(other.name()) + " DEFAULT VALUES";
    return List.of(
        "CREATE TRIGGER g"
            + counter
            + " AFTER "
            + events[random.nextInt(3)]
            + " ON "
            + Names.quote(shape.name())
            + " BEGIN "
            + action
            + "; END");
  }
}
