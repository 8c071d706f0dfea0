// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes statements that replay each transaction on a copy of the database, in UTF-8. The stream is
 * flushed once per batch; whoever made it closes it.
 */
public final class SqlHandler implements ChangesHandler {

  /** Characters that are written together. */
  private static final int MANY = 1 << 16;

  private final OutputStream out;
  private final SqlStatements statements = new SqlStatements();
  private boolean begun;

  public SqlHandler(OutputStream out) {
    this.out = out;
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    StringBuilder sql = new StringBuilder(begun ? "" : SqlStatements.PREAMBLE);
    begun = true;
    for (Change change : changes) {
      statements.append(change, sql);
      if (sql.length() > MANY) {
        write(sql);
      }
    }
    write(sql);
    out.flush();
  }

  private void write(StringBuilder sql) throws IOException {
    out.write(sql.toString().getBytes(StandardCharsets.UTF_8));
    sql.setLength(0);
  }
}
