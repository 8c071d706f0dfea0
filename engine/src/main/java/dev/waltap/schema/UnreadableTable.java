package dev.waltap.schema;

/**
 * An entry of {@code sqlite_schema} that this SQLite can't make a table of: it is damaged, or was
 * written by a newer version.
 *
 * @param name the table's name
 * @param reason what SQLite says of it
 */
public record UnreadableTable(String name, String reason) {}
