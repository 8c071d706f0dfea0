// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.TableSchema;
import dev.waltap.record.Names;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the text of a CREATE TABLE statement says of its columns beside their types. Only statements
 * as SQLite stores them are understood, which it has parsed itself; of others nothing is said.
 * Immutable.
 */
public final class ColumnConstraints {
  private final Set<String> notNull = new HashSet<>();
  private final Set<String> generated = new HashSet<>();
  private final Map<String, String> defaults = new HashMap<>();
  private boolean withoutRowid;
  private boolean autoincrement;

  private ColumnConstraints() {}

  /** Reads them. */
  public static ColumnConstraints of(TableSchema table) {
    Map<String, Boolean> columns = new HashMap<>();
    table.columns().forEach(column -> columns.put(Names.fold(column.name()), column.key() > 0));
    ColumnConstraints constraints = new ColumnConstraints();
    constraints.read(new SqlTokens(table.sql()), columns);
    if (constraints.withoutRowid) {
      columns.forEach(
          (name, key) -> {
            if (key) {
              constraints.notNull.add(name);
            }
          });
    }
    return constraints;
  }

  private void read(SqlTokens tokens, Map<String, Boolean> columns) {
    int depth = 0;
    boolean first = false; // Whether the token begins a definition.
    boolean not = false;
    boolean byDefault = false;
    String column = "";
    while (tokens.next()) {
      if (tokens.isWord("(")) {
        first = depth++ == 0;
        not = false;
        byDefault = false;
        continue;
      }
      if (tokens.isWord(")")) {
        depth--;
      } else if (depth == 0) {
        withoutRowid |= not && tokens.isWord("rowid");
        not = tokens.isWord("without");
      } else if (depth == 1 && first) {
        String name = Names.fold(tokens.name());
        column = columns.containsKey(name) && !tokens.isConstraint() ? name : "";
      } else if (depth == 1) {
        constraint(tokens, column, not, byDefault);
        not = tokens.isWord("not");
        byDefault = tokens.isWord("default");
      }
      first = depth == 1 && tokens.isWord(",");
    }
  }

  private void constraint(SqlTokens tokens, String column, boolean not, boolean byDefault) {
    autoincrement |= tokens.isWord("autoincrement");
    if (not && tokens.isWord("null")) {
      notNull.add(column);
    } else if (tokens.isWord("as")) {
      generated.add(column);
    }
    String literal = byDefault ? tokens.literal() : null;
    if (literal != null) {
      defaults.put(column, literal);
    }
  }

  /** Whether NULL is not allowed in a column, because it says so or is in a key that may not. */
  public boolean isNotNull(String column) {
    return notNull.contains(Names.fold(column));
  }

  /**
   * The literal that a column has where a statement names none: a number, a text in quotes, or a
   * truth; null if it has none, or something else.
   */
  public @Nullable String defaultOf(String column) {
    return defaults.get(Names.fold(column));
  }

  /** Whether SQLite computes a column, so that no statement can write it. */
  public boolean isGenerated(String column) {
    return generated.contains(Names.fold(column));
  }

  /** Whether the table's rows have no rowid. */
  public boolean withoutRowid() {
    return withoutRowid;
  }

  /** Whether the table's INTEGER PRIMARY KEY is never given twice. */
  public boolean autoincrement() {
    return autoincrement;
  }
}
