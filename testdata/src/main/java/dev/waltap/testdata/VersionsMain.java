// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.versions.Builds;
import dev.waltap.testdata.versions.MatrixRun;
import dev.waltap.testdata.versions.SqliteBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Captures what other builds of SQLite write, each in processes of its own: every sqlite-jdbc
 * release that Maven copied, the sqlite3 shell, Python's module, and Node modules. Prints a line a
 * build. What is done already, by the results file, is not done again.
 *
 * <p>Options: {@code --only NAME}, repeatable; {@code --transactions N} of each build (20000);
 * {@code --seed S} of the first database of each build, the next have the next numbers, so that
 * {@code --only NAME --seed S --transactions 1} runs one database again; {@code --jars DIRECTORY}
 * (testdata/target/versions); {@code --results FILE}; {@code --npm} installs the Node modules;
 * {@code --verbose} prints what SQLite refused; {@code --list} names the builds found.
 */
public final class VersionsMain {
  private final List<String> only = new ArrayList<>();
  private long transactions = 20_000;
  private long seed = 1;
  private Path jars = Path.of("testdata", "target", "versions");
  private Path results = Path.of("");
  private boolean npm;
  private boolean list;

  private VersionsMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    AllChecks.turnOn();
    VersionsMain main = new VersionsMain();
    try {
      main.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    System.exit(main.run() ? 0 : 1);
  }

  private void parse(String[] args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--only" -> only.add(args[++i]);
        case "--transactions" -> transactions = Long.parseLong(args[++i]);
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--jars" -> jars = Path.of(args[++i]);
        case "--results" -> results = Path.of(args[++i]);
        case "--npm" -> npm = true;
        case "--list" -> list = true;
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
  }

  private boolean run() throws IOException, InterruptedException {
    if (npm) {
      Builds.installNodeModules(jars);
    }
    List<SqliteBuild> builds = Builds.find(jars);
    if (list) {
      builds.forEach(build -> System.out.println(build.name() + " " + build.kind()));
      return true;
    }
    Set<String> done = done();
    int failed = 0;
    int ran = 0;
    for (SqliteBuild build : builds) {
      boolean wanted = only.isEmpty() ? !done.contains(build.name()) : only.contains(build.name());
      if (wanted) {
        MatrixRun.Result result = new MatrixRun(build).run(seed, transactions);
        report(result.line());
        failed += result.ok() ? 0 : 1;
        ran++;
      }
    }
    System.out.println(ran + " builds, " + failed + " failed");
    if (ran < only.size()) {
      System.err.println("not all of " + only + " were found in " + jars);
    }
    return failed == 0 && ran >= only.size();
  }

  private void report(String line) throws IOException {
    System.out.println(line);
    if (!results.toString().isEmpty()) {
      Files.writeString(results, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /** The builds that the results file says are done. */
  private Set<String> done() throws IOException {
    if (results.toString().isEmpty() || !Files.exists(results)) {
      return Set.of();
    }
    Map<String, String> last =
        Files.readAllLines(results).stream()
            .collect(Collectors.toMap(line -> line.split(" ", 2)[0], line -> line, (a, b) -> b));
    return last.entrySet().stream()
        .filter(entry -> entry.getValue().endsWith(" ok"))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
