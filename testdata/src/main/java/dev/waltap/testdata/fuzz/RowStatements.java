// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.api.StorageClass;
import dev.waltap.testdata.model.Names;
import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;

/** Random INSERT, UPDATE and DELETE statements against the tables of a snapshot. */
final class RowStatements {
  private final Random random;
  private final Values values;

  RowStatements(Random random, Values values) {
    this.random = random;
    this.values = values;
  }

  Sql next(Snapshot.Table table) {
    Shape shape = table.shape();
    if (table.rows().isEmpty() || (table.rows().size() < 8 && random.nextInt(3) > 0)) {
      return insert(shape, "INSERT OR REPLACE");
    }
    return switch (random.nextInt(24)) {
      case 0, 1, 2 -> insert(shape, "INSERT OR IGNORE");
      case 3 -> insert(shape, "INSERT OR REPLACE");
      case 4 -> upsert(table);
      case 5 -> copyRows(shape);
      case 6, 7, 8, 9 -> updateOne(table);
      case 10 -> updateAll(shape);
      case 11 -> updateKey(table);
      case 12 -> noOp(shape);
      case 13, 14, 15 -> changeOneByte(table);
      case 16 -> grow(table);
      case 17, 18, 19 -> deleteOne(table);
      case 20 -> random.nextInt(6) == 0 ? deleteAll(shape) : deleteOne(table);
      case 21 -> deleteMany(table);
      default -> replaceRow(table);
    };
  }

  private static String table(Shape shape) {
    return Names.quote(shape.name());
  }

  private static String placeholder(Value value) {
    return value.kind() == StorageClass.TEXT ? "CAST(? AS TEXT)" : "?";
  }

  private List<Shape.Column> writable(Shape shape) {
    return shape.columns().stream().filter(column -> !column.generated()).toList();
  }

  private Shape.Column any(Shape shape) {
    List<Shape.Column> columns = writable(shape);
    return columns.get(random.nextInt(columns.size()));
  }

  private Snapshot.StoredRow anyRow(Snapshot.Table table) {
    return table.rows().get(random.nextInt(table.rows().size()));
  }

  private Sql insert(Shape shape, String verb) {
    StringJoiner names = new StringJoiner(", ", "(", ")");
    StringJoiner places = new StringJoiner(", ", "(", ")");
    List<Value> arguments = new ArrayList<>();
    for (Shape.Column column : writable(shape)) {
      boolean leftOut = arguments.size() > 1 && random.nextInt(10) == 0;
      if (!leftOut) {
        Value value = values.forType(column.type());
        if (column.key() > 0 && random.nextBoolean()) {
          value = Value.of((long) random.nextInt(300));
        }
        if (column.name().equals("parent") && random.nextInt(4) > 0) {
          value = Value.NULL;
        }
        names.add(Names.quote(column.name()));
        places.add(placeholder(value));
        arguments.add(value);
      }
    }
    return new Sql(verb + " INTO " + table(shape) + names + " VALUES" + places, arguments);
  }

  private Sql upsert(Snapshot.Table table) {
    Shape shape = table.shape();
    Shape.Column column = any(shape);
    Sql insert = insert(shape, "INSERT");
    Value value = values.forType(column.type());
    List<Value> arguments = new ArrayList<>(insert.arguments());
    arguments.add(value);
    String set = Names.quote(column.name()) + " = " + placeholder(value);
    return new Sql(insert.text() + " ON CONFLICT DO UPDATE SET " + set, arguments);
  }

  private Sql copyRows(Shape shape) {
    StringJoiner names = new StringJoiner(", ");
    StringJoiner sources = new StringJoiner(", ");
    for (Shape.Column column : writable(shape)) {
      String name = Names.quote(column.name());
      names.add(name);
      sources.add(column.key() == 1 ? name + " + 1000" : name);
    }
    return new Sql(
        "INSERT OR IGNORE INTO "
            + table(shape)
            + "("
            + names
            + ") SELECT "
            + sources
            + " FROM "
            + table(shape)
            + " LIMIT "
            + (1 + random.nextInt(20)),
        List.of());
  }

  private Sql set(Snapshot.Table table, Shape.Column column, Value value) {
    Snapshot.StoredRow row = anyRow(table);
    return set(table.shape(), row, column, value);
  }

  private Sql set(Shape shape, Snapshot.StoredRow row, Shape.Column column, Value value) {
    List<Value> arguments = new ArrayList<>(List.of(value));
    String where = where(shape, row, arguments);
    return new Sql(
        "UPDATE OR REPLACE "
            + table(shape)
            + " SET "
            + Names.quote(column.name())
            + " = "
            + placeholder(value)
            + where,
        arguments);
  }

  private static String where(Shape shape, Snapshot.StoredRow row, List<Value> arguments) {
    if (row.rowid() != null && shape.rowidName() != null) {
      arguments.add(Value.of(row.rowid()));
      return " WHERE " + Names.quote(shape.rowidName()) + " = ?";
    }
    StringJoiner where = new StringJoiner(" AND ", " WHERE ", "");
    for (int index : shape.keyIndexes()) {
      Value value = row.image().values().get(index);
      where.add(Names.quote(shape.columns().get(index).name()) + " IS " + placeholder(value));
      arguments.add(value);
    }
    return where.toString();
  }

  private Sql updateOne(Snapshot.Table table) {
    Shape.Column column = any(table.shape());
    return set(table, column, values.forType(column.type()));
  }

  private Sql updateAll(Shape shape) {
    Shape.Column column = any(shape);
    Value value = random.nextInt(20) == 0 ? values.forType(column.type()) : values.integer();
    String name = Names.quote(column.name());
    return column.key() > 0
        ? new Sql(
            "UPDATE OR IGNORE " + table(shape) + " SET " + name + " = " + name + " + 1", List.of())
        : new Sql(
            "UPDATE OR IGNORE " + table(shape) + " SET " + name + " = " + placeholder(value),
            List.of(value));
  }

  private Sql updateKey(Snapshot.Table table) {
    List<Shape.Column> keys = writable(table.shape()).stream().filter(c -> c.key() > 0).toList();
    if (keys.isEmpty()) {
      Shape shape = table.shape();
      if (shape.rowidName() == null) {
        return updateOne(table);
      }
      List<Value> arguments = new ArrayList<>(List.of(Value.of(random.nextInt(500) - 100L)));
      String where = where(shape, anyRow(table), arguments);
      return new Sql(
          "UPDATE OR REPLACE "
              + table(shape)
              + " SET "
              + Names.quote(shape.rowidName())
              + " = ?"
              + where,
          arguments);
    }
    Shape.Column column = keys.get(random.nextInt(keys.size()));
    return set(table, column, values.forType(column.type()));
  }

  private Sql noOp(Shape shape) {
    String name = Names.quote(any(shape).name());
    return new Sql("UPDATE " + table(shape) + " SET " + name + " = " + name, List.of());
  }

  /** An update of equal length, which in a big row may write one overflow page only. */
  private Sql changeOneByte(Snapshot.Table table) {
    Snapshot.StoredRow row = anyRow(table);
    for (Shape.Column column : writable(table.shape())) {
      Value value = row.image().values().get(table.shape().indexOf(column.name()));
      byte[] bytes = value.bytes();
      if (bytes != null && bytes.length > 100 && column.key() == 0) {
        return set(table.shape(), row, column, values.withOneByteChanged(value));
      }
    }
    return updateOne(table);
  }

  private Sql grow(Snapshot.Table table) {
    Shape.Column column = any(table.shape());
    if (column.key() > 0) {
      return updateOne(table);
    }
    List<Value> arguments = new ArrayList<>();
    String name = Names.quote(column.name());
    String where = where(table.shape(), anyRow(table), arguments);
    return new Sql(
        "UPDATE OR IGNORE "
            + table(table.shape())
            + " SET "
            + name
            + " = substr(coalesce("
            + name
            + ", '') || hex(zeroblob(200)), 1, 20000)"
            + where,
        arguments);
  }

  private Sql deleteOne(Snapshot.Table table) {
    List<Value> arguments = new ArrayList<>();
    String where = where(table.shape(), anyRow(table), arguments);
    return new Sql("DELETE FROM " + table(table.shape()) + where, arguments);
  }

  private Sql deleteMany(Snapshot.Table table) {
    String rowid = table.shape().rowidName();
    return rowid == null
        ? deleteOne(table)
        : new Sql(
            "DELETE FROM "
                + table(table.shape())
                + " WHERE "
                + Names.quote(rowid)
                + " % 3 = "
                + random.nextInt(3),
            List.of());
  }

  private Sql deleteAll(Shape shape) {
    return new Sql("DELETE FROM " + table(shape), List.of());
  }

  /** REPLACE of a row that is there: the same key, for some tables another rowid. */
  private Sql replaceRow(Snapshot.Table table) {
    Snapshot.StoredRow row = anyRow(table);
    StringJoiner names = new StringJoiner(", ", "(", ")");
    StringJoiner places = new StringJoiner(", ", "(", ")");
    List<Value> arguments = new ArrayList<>();
    for (Shape.Column column : writable(table.shape())) {
      Value old = row.image().values().get(table.shape().indexOf(column.name()));
      Value value = column.key() > 0 || random.nextBoolean() ? old : values.forType(column.type());
      names.add(Names.quote(column.name()));
      places.add(placeholder(value));
      arguments.add(value);
    }
    return new Sql("REPLACE INTO " + table(table.shape()) + names + " VALUES" + places, arguments);
  }
}
