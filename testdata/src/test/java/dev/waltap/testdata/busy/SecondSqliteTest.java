// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.testdata.TestDatabase;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Two copies of SQLite in one process drop each other's locks: capture refuses to be one. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class SecondSqliteTest {

  private static final List<Path> SYSTEM =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/libsqlite3.so.0"),
          Path.of("/usr/lib/aarch64-linux-gnu/libsqlite3.so.0"),
          Path.of("/usr/lib64/libsqlite3.so.0"));

  @Test
  void capturesBesideTheOnlyCopy() throws Exception {
    assertThat(embedded("alone")).contains("captured 1");
  }

  @Test
  void refusesBesideADriverOfAnotherClassLoader() throws Exception {
    assertThat(embedded("loader"))
        .contains("REFUSED", "2 copies of SQLite", "sqlitejdbc", "corrupts", "class loader");
  }

  @Test
  void endsWhenADriverOfAnotherClassLoaderComesLater() throws Exception {
    assertThat(embedded("later")).contains("REFUSED", "2 copies of SQLite");
  }

  @Test
  void capturesBesideAnotherCopyIfItsOwnerVouchesForIt() throws Exception {
    assertThat(embedded("loader", "-Dwaltap.allowSecondSqlite=true")).contains("captured 1");
  }

  @Test
  void refusesBesideTheSystemsSqlite() throws Exception {
    Path library = SYSTEM.stream().filter(Files::exists).findFirst().orElse(null);
    assumeTrue(library != null, "no libsqlite3");
    assertThat(embedded(String.valueOf(library)))
        .contains("REFUSED", "2 copies of SQLite", "libsqlite3");
  }

  private static String embedded(String other, String... options) throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      try (Connection connection = database.open()) {
        TestDatabase.execute(connection, "CREATE TABLE t(v)", "INSERT INTO t VALUES(1)");
      }
      List<String> line = new ArrayList<>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.add("-Xmx256m");
      line.addAll(List.of(options));
      line.addAll(List.of("-cp", System.getProperty("java.class.path"), Host.class.getName()));
      line.addAll(List.of(other, database.path().toString()));
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      try {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /** An application with a capture in it, and with another copy of SQLite or not. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) throws Exception {
      Path database = Path.of(arguments[1]);
      try {
        if (arguments[0].equals("later")) {
          try (var capture = Waltap.open(database).handler(changes -> {}).build()) {
            new Thread(() -> loadAnother(database)).start();
            capture.cdc();
          }
          return;
        }
        if (arguments[0].equals("loader")) {
          loadAnother(database);
        } else if (!arguments[0].equals("alone")) {
          System.load(arguments[0]);
        }
        int[] inserts = new int[1];
        try (var capture =
            Waltap.open(database)
                .handler(
                    changes ->
                        changes.forEach(change -> inserts[0] += change.after() == null ? 0 : 1))
                .schemaEvents(false)
                .build()) {
          capture.bootstrap();
        }
        System.out.println("captured " + inserts[0]);
      } catch (CaptureException e) {
        System.out.println(e.reason() + " " + e.getMessage());
      }
    }

    /** A driver of the same sort in a class loader of its own, as containers have them. */
    private static void loadAnother(Path database) {
      try {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
          classPath.add(Path.of(entry).toUri().toURL());
        }
        @SuppressWarnings("resource") // It lives as long as its driver.
        URLClassLoader loader =
            new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Driver driver =
            (Driver) loader.loadClass("org.sqlite.JDBC").getDeclaredConstructor().newInstance();
        driver.connect("jdbc:sqlite:" + database, new Properties());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
