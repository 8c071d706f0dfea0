// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What is measured, and by whom. */
final class Measurements {
  /** The last of them counts: the compiler is done then. */
  private static final String PASSES = "5";

  private static final double GIB = 1L << 30;

  private final SpeedOptions options;
  private final Path directory;
  private final Path database;
  private final String rows;

  Measurements(SpeedOptions options, Path directory) {
    this.options = options;
    this.directory = directory;
    this.database = directory.resolve("customers.db");
    this.rows = Long.toString(options.rows());
  }

  /** Those that are asked for, with the files that they need. */
  List<Measurement> all() throws IOException, InterruptedException, SQLException {
    List<Measurement> all = new ArrayList<>();
    if (options.includes("scan") || options.includes("bootstrap") || options.includes("state")) {
      Customers.create(database, options.rows());
    }
    if (options.includes("scan")) {
      all.add(scan());
    }
    if (options.includes("bootstrap")) {
      all.add(bootstrap());
    }
    if (options.includes("bulk")) {
      all.add(waiting("bulk", "transactions of 10,000 rows"));
    }
    if (options.includes("single")) {
      all.add(waiting("single", "single-row transactions"));
    }
    if (options.includes("state")) {
      all.add(state("setup", "state is set up"));
      all.add(state("reconcile", "state is set up, the log is gone, net changes are found"));
    }
    return all;
  }

  private Measurement scan() throws IOException, InterruptedException {
    List<Contestant> ways = new ArrayList<>();
    ways.add(scan("waltap"));
    CLoop.build(directory)
        .ifPresent(
            program ->
                ways.add(
                    new Contestant(
                        "c",
                        List.of(
                            program.toString(), database.toString(), Customers.ALL, rows, PASSES),
                        false)));
    ways.add(scan("jdbc"));
    return new Measurement(
        "scan", "every column of every row is read, warm", "rows", options.rows(), true, ways);
  }

  private Contestant scan(String way) {
    return Contestant.java(
        way, options.jvm(), ScanMain.class, List.of(way, database.toString(), rows, PASSES));
  }

  private Measurement bootstrap() {
    List<Contestant> ways = new ArrayList<>();
    List<String> arguments = List.of("bootstrap", database.toString(), "--no-state", "--quiet");
    Path launcher = options.launcher();
    if (launcher == null) {
      ways.add(
          new Contestant(
              "waltap",
              Contestant.javaCommand(options.jvm(), "dev.waltap.cli.Main", arguments),
              true));
    } else {
      List<String> command = new ArrayList<>(List.of(launcher.toString()));
      command.addAll(arguments);
      ways.add(new Contestant("waltap", command, true));
    }
    if (TestDatabase.hasShell()) {
      ways.add(
          new Contestant(
              "shell", List.of("sqlite3", database.toString(), Customers.AS_JSON), true));
    }
    return new Measurement(
        "bootstrap",
        "every row as JSON to /dev/null, the process's start included",
        "rows",
        options.rows(),
        false,
        ways);
  }

  private Measurement waiting(String kind, String title) {
    long changes = kind.equals("bulk") ? options.rows() : options.rows() / 4;
    List<String> arguments = List.of(Long.toString(changes), directory.toString());
    List<Contestant> ways = new ArrayList<>();
    ways.add(waiting("waltap", kind, "read", arguments));
    ways.add(waiting("waltap-json", kind, "json", arguments));
    ways.add(waiting("writer", kind, "write", arguments));
    return new Measurement(
        kind, title + " that wait in the log are captured", "changes", changes, false, ways);
  }

  private Contestant waiting(String name, String kind, String what, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of(kind, what));
    all.addAll(arguments);
    return Contestant.java(name, options.jvm(), WaitingLogMain.class, all);
  }

  private Measurement state(String kind, String title) throws IOException {
    return new Measurement(
        kind,
        title,
        "GiB",
        Files.size(database) / GIB,
        true,
        List.of(
            Contestant.java(
                "waltap",
                options.jvm(),
                StateMain.class,
                List.of(kind, database.toString(), directory.toString()))));
  }
}
