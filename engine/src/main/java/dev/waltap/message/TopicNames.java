// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which topic of Kafka a message goes to, by a pattern. For one thread. */
public final class TopicNames {

  /** The pattern where none was asked for: topics as Debezium's connectors name them. */
  public static final String USUAL = "{database}.{table}";

  private static final int LONGEST = 249;

  private final String pattern;
  private final String database;
  private final boolean schemaApart;
  private final Consumer<String> warnings;
  private final Map<String, String> tableTopics = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  /**
   * Names by a pattern.
   *
   * @param option what the pattern is called where it is given
   * @param pattern null for the usual one
   * @param database what stands for {@code {database}}
   * @param schemaApart whether messages about schemas go to a topic of their own
   * @param warnings gets a line where two tables share a topic by chance
   * @throws IllegalArgumentException for a pattern that makes no name
   */
  public TopicNames(
      String option,
      @Nullable String pattern,
      String database,
      boolean schemaApart,
      Consumer<String> warnings) {
    this.pattern = pattern == null ? USUAL : pattern;
    this.database = database;
    this.schemaApart = schemaApart;
    this.warnings = warnings;
    check(option, this.pattern);
  }

  /**
   * Looks whether a pattern makes names.
   *
   * @param option what the pattern is called where it is given
   * @throws IllegalArgumentException if not
   */
  public static void check(String option, String pattern) {
    String rest = pattern.replace("{database}", "d").replace("{table}", "t");
    if (!rest.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException(
          option
              + " takes letters, digits, '.', '_', '-', {database} and {table}, not '"
              + pattern
              + "'");
    }
  }

  /** The topic of such a message. */
  public String of(MessageKind kind, String table) {
    if (kind == MessageKind.TRANSACTION) {
      return name("transaction");
    }
    if (kind == MessageKind.SCHEMA && schemaApart) {
      // As Debezium's connectors name it, where nothing else was asked for.
      return pattern.equals(USUAL) ? legal(database) : name("schema-changes");
    }
    return ofTable(table);
  }

  private String ofTable(String table) {
    String known = tableTopics.get(table);
    if (known == null) {
      known = name(table);
      tableTopics.put(table, known);
      String other = owners.putIfAbsent(known, table);
      if (other != null && pattern.contains("{table}")) {
        warnings.accept(
            "the tables "
                + other
                + " and "
                + table
                + " share the topic "
                + known
                + ": their names"
                + " differ only in what a topic's name can't have");
      }
    }
    return known;
  }

  private String name(String table) {
    String name = pattern.replace("{database}", legal(database)).replace("{table}", legal(table));
    return name.length() <= LONGEST ? name : name.substring(0, LONGEST);
  }

  /** A name with {@code _} for what a topic's name can't have. */
  public static String legal(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
