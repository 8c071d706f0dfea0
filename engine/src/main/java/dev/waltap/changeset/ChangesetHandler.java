// SPDX-License-Identifier: Apache-2.0
package dev.waltap.changeset;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes each transaction as a changeset, into a file of its own. What a changeset can't hold, as
 * those of SQLite's own sessions can't, is left out with a warning: rows without a primary key that
 * is declared, or with NULL in it, and changes of schemas. For one thread; whoever opened it closes
 * it.
 */
public final class ChangesetHandler implements ChangesHandler, Closeable {
  private final ChangesetFiles files;
  private final Consumer<String> warnings;
  private final Map<TableSchema, ChangesetTable> tables = new HashMap<>();
  private final Set<String> warned = new HashSet<>();

  /** A table that was made or altered, until it is known whether a bootstrap follows. */
  private @Nullable Change altered;

  private @Nullable ChangesetWriter writer;

  private ChangesetHandler(ChangesetFiles files, Consumer<String> warnings) {
    this.files = files;
    this.warnings = warnings;
  }

  /**
   * A handler that writes into this directory, made if it is not there.
   *
   * @param warnings gets a line for what is left out, once for each table
   * @throws IOException if that can't be done; the message says so
   */
  public static ChangesetHandler open(Path directory, Consumer<String> warnings)
      throws IOException {
    return new ChangesetHandler(ChangesetFiles.open(directory), warnings);
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    for (Change change : changes) {
      handle(change);
    }
  }

  private void handle(Change change) throws IOException {
    Change schema = altered;
    altered = null;
    if (schema != null && change.operation() != Operation.BOOTSTRAP) {
      warnAltered(schema);
    }
    switch (change.operation()) {
      case SCHEMA -> altered = change;
      case BOOTSTRAP -> {
        // All its rows follow: the copy has to begin without them.
      }
      case INSERT, UPDATE, DELETE -> row(change);
    }
    if (change.transaction().last()) {
      ChangesetWriter ended = writer;
      writer = null;
      if (ended != null) {
        ended.flush();
        files.end();
      }
      if (altered != null) {
        warnAltered(altered);
        altered = null;
      }
    }
  }

  private void row(Change change) throws IOException {
    Row row = change.after() == null ? change.before() : change.after();
    TableSchema schema = row == null ? null : row.schema();
    if (row == null || schema == null) {
      throw new IOException("a row of " + change.table() + " comes without its table's columns");
    }
    ChangesetTable table = tables.computeIfAbsent(schema, ChangesetTable::of);
    if (!table.hasKey()) {
      warnOnce(change.table(), "has no primary key: changesets, as those of SQLite, leave it out");
    } else if (!table.names(row)) {
      warnOnce(
          change.table(),
          "has rows with NULL in their primary key: changesets, as those of SQLite, leave them"
              + " out");
    } else {
      ChangesetWriter open = writer;
      if (open == null) {
        open = new ChangesetWriter(files.begin(change));
        writer = open;
      }
      open.write(change, table);
    }
  }

  private void warnOnce(String table, String what) {
    if (warned.add(table + "\0" + what)) {
      warnings.accept("the table " + table + " " + what);
    }
  }

  private void warnAltered(Change change) {
    TableSchema before = change.schemaBefore();
    if (before != null) {
      tables.remove(before);
    }
    warnings.accept(
        "the table "
            + change.table()
            + (change.schemaAfter() == null ? " was dropped" : " was made or altered")
            + ", which changesets can't say: do the same to the copy before "
            + ChangesetFiles.name(change.position())
            + " and those after it are applied");
  }

  @Override
  public void flush() throws IOException {
    files.sync();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
