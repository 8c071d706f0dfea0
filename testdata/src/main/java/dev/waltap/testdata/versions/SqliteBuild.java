// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.nio.file.Path;
import java.util.List;

/**
 * One build of SQLite that can write.
 *
 * @param name what it is called on the command line and in results
 * @param kind how it is driven
 * @param libraries the class path of a JDBC driver, or where Node finds its modules
 */
public record SqliteBuild(String name, Kind kind, List<Path> libraries) {

  /** How a build is driven. */
  public enum Kind {
    /** By {@link JdbcWriterMain}. */
    JDBC,
    /** By Python's own module. */
    PYTHON,
    /** By a Node module. */
    NODE,
    /** By the {@code sqlite3} shell, which has one connection. */
    SHELL
  }
}
