// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Names in which {@code {database}} stands for that of a database. Stateless. */
final class DatabasePattern {
  static final String DATABASE = "{database}";

  private DatabasePattern() {}

  /** Whether a name is another one for each database. */
  static boolean isIn(String text) {
    return text.contains(DATABASE);
  }

  /** A file of this database, below where the pattern begins, whatever the database is called. */
  static String file(String pattern, String database) {
    return pattern.replace(DATABASE, database.replaceFirst("^/+", ""));
  }

  /** An address of this database; slashes stay, all else that is not plain is escaped. */
  static String address(String pattern, String database) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : database.replaceFirst("^/+", "").getBytes(UTF_8)) {
      boolean plain = b > 0 && (Character.isLetterOrDigit(b) || "/-._~".indexOf(b) >= 0);
      escaped.append(plain ? "" + (char) b : String.format(Locale.ROOT, "%%%02X", b));
    }
    return pattern.replace(DATABASE, escaped);
  }

  /** Whether a file is one that the pattern gives. */
  static Predicate<Path> files(String pattern) {
    String absolute = Path.of(pattern).toAbsolutePath().normalize().toString();
    StringBuilder regex = new StringBuilder();
    for (String part : absolute.split(Pattern.quote(DATABASE), -1)) {
      regex.append(regex.isEmpty() ? "" : ".+").append(Pattern.quote(part));
    }
    Pattern compiled = Pattern.compile(regex.toString(), Pattern.DOTALL);
    return file -> compiled.matcher(file.toString()).matches();
  }
}
