// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.model.Names;
import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;

/** Random CREATE TABLE statements. */
final class TableMaker {
  private static final String[] TYPES = {
    "INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "", "VARCHAR(20)", "DOUBLE", "INT", "BIGINT"
  };
  private static final String[] STRICT_TYPES = {"INTEGER", "INT", "REAL", "TEXT", "BLOB", "ANY"};
  private static final String[] DEFAULTS = {
    "5", "-1", "1.5", "'text'", "'Ü7'", "x'00ff'", "NULL", "'12'", "9223372036854775807", "''"
  };
  private static final String[] ODD = {
    "select",
    "with space",
    "quote\"d",
    "Ünïcode",
    "表",
    "dot.ted",
    "semi;",
    "a'b",
    "[x]",
    "1st",
    "percent%",
    "new\nline",
    "😀"
  };

  private final Random random;
  private final Set<Feature> features;
  private int counter;

  TableMaker(Random random, Set<Feature> features) {
    this.random = random;
    this.features = features;
  }

  /** A name no table has had. */
  String freshName() {
    counter++;
    String base = "t";
    if (features.contains(Feature.ODD_NAMES) && random.nextInt(3) == 0) {
      base = ODD[random.nextInt(ODD.length)];
    }
    return base + counter;
  }

  String columnName(int index) {
    if (features.contains(Feature.ODD_NAMES) && random.nextInt(6) == 0) {
      return ODD[random.nextInt(ODD.length)] + index;
    }
    return "c" + index;
  }

  String type(boolean strict) {
    String[] types = strict ? STRICT_TYPES : TYPES;
    return types[random.nextInt(types.length)];
  }

  String defaultValue() {
    return DEFAULTS[random.nextInt(DEFAULTS.length)];
  }

  private boolean chance(Feature feature, int oneIn) {
    return features.contains(feature) && random.nextInt(oneIn) == 0;
  }

  /** A statement that creates a table of this name. */
  String create(String name, Snapshot current) {
    boolean strict = chance(Feature.STRICT, 4);
    boolean withoutRowid = chance(Feature.WITHOUT_ROWID, 3);
    int count = columnCount();
    List<String> names = new ArrayList<>();
    List<String> definitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(i == 1 && chance(Feature.ODD_NAMES, 8) ? "rowid" : columnName(i));
      definitions.add(definition(names.get(i), strict));
    }
    StringJoiner body = new StringJoiner(", ", "(", ")");
    String key = key(names, definitions, withoutRowid, strict);
    if (chance(Feature.GENERATED, 4)) {
      String source = Names.quote(names.get(names.size() - 1));
      String kind = random.nextBoolean() ? "STORED" : "VIRTUAL";
      definitions.add(
          "g" + (strict ? " ANY" : "") + " GENERATED ALWAYS AS (" + source + " || '!') " + kind);
    }
    if (chance(Feature.FOREIGN_KEYS, 4)) {
      definitions.addAll(reference(current, strict));
    }
    definitions.forEach(body::add);
    if (!key.isEmpty()) {
      body.add(key);
    }
    List<String> options = new ArrayList<>();
    if (strict) {
      options.add("STRICT");
    }
    if (withoutRowid) {
      options.add("WITHOUT ROWID");
    }
    return "CREATE TABLE " + Names.quote(name) + body + " " + String.join(", ", options);
  }

  private int columnCount() {
    if (chance(Feature.MANY_COLUMNS, 40)) {
      return random.nextInt(12) == 0 ? 1990 : 60 + random.nextInt(200);
    }
    return 2 + random.nextInt(7);
  }

  private String definition(String name, boolean strict) {
    StringBuilder text = new StringBuilder(Names.quote(name)).append(' ').append(type(strict));
    if (!strict && random.nextInt(4) == 0) {
      text.append(" DEFAULT ").append(defaultValue());
    }
    return text.toString();
  }

  /** Makes some columns the primary key: in the first definition, or as a clause of its own. */
  private String key(
      List<String> names, List<String> definitions, boolean withoutRowid, boolean strict) {
    String first = Names.quote(names.get(0));
    int choice = random.nextInt(8);
    if (!withoutRowid && (choice < 4 || !features.contains(Feature.DECLARED_KEYS))) {
      String[] spellings = {
        " INTEGER PRIMARY KEY",
        " INTEGER PRIMARY KEY AUTOINCREMENT",
        " integer primary key ASC",
        strict ? " INTEGER PRIMARY KEY" : " \"INTEGER\" PRIMARY KEY"
      };
      if (choice == 0 || choice > 4) {
        return "";
      }
      if (choice == 3) {
        definitions.set(0, first + " INTEGER");
        return "PRIMARY KEY(" + first + ")";
      }
      definitions.set(0, first + spellings[random.nextInt(spellings.length)]);
      return "";
    }
    if (!withoutRowid && choice == 4) {
      // The quirk: DESC in the column makes it an ordinary column with an index.
      definitions.set(0, first + " INTEGER PRIMARY KEY DESC");
      return "";
    }
    StringJoiner columns = new StringJoiner(", ", "PRIMARY KEY(", ")");
    int size = 1 + random.nextInt(Math.min(3, names.size()));
    for (int i = 0; i < size; i++) {
      // Key order and column order need not agree.
      String column = Names.quote(names.get(size - 1 - i));
      String[] suffixes = {"", "", " DESC", " COLLATE NOCASE", " COLLATE RTRIM DESC"};
      columns.add(column + suffixes[random.nextInt(suffixes.length)]);
    }
    return columns.toString();
  }

  private List<String> reference(Snapshot current, boolean strict) {
    List<Shape> parents =
        current.tables().values().stream()
            .map(Snapshot.Table::shape)
            .filter(Shape::aliased)
            .toList();
    if (parents.isEmpty()) {
      return List.of();
    }
    Shape parent = parents.get(random.nextInt(parents.size()));
    String[] actions = {"CASCADE", "SET NULL", "SET DEFAULT"};
    return List.of(
        "parent "
            + (strict ? "INTEGER" : "")
            + " REFERENCES "
            + Names.quote(parent.name())
            + " ON DELETE "
            + actions[random.nextInt(3)]
            + " ON UPDATE CASCADE");
  }
}
