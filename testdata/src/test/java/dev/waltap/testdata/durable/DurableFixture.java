// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A database of two small tables, and the command line on it with a state directory. */
abstract class DurableFixture {
  static final Duration LIMIT = Duration.ofSeconds(60);

  TestDatabase database;
  Connection writer;
  Path errors;
  Path output;
  private int read;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    errors = database.directory().resolve("errors.txt");
    output = database.directory().resolve("changes.jsonl");
    writer = database.open();
    TestDatabase.execute(
        writer,
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE b(id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO a VALUES(1, 'one')",
        "INSERT INTO b VALUES(1, 'one'), (2, 'two')");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    database.close();
  }

  Path state() {
    return Path.of(database.path() + "-waltap");
  }

  CaptureProcess start(String command, String... more) throws IOException {
    return startUnder(List.of(), command, more);
  }

  /** Starts the command line by a shell's command, of which it is the arguments. */
  CaptureProcess startUnder(List<String> prefix, String command, String... more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command, database.path().toString()));
    arguments.addAll(List.of(more));
    return CaptureProcess.start(errors, "128m", prefix, arguments);
  }

  int run(String command, String... more) throws Exception {
    try (CaptureProcess process = start(command, more)) {
      return process.await(LIMIT);
    }
  }

  int once(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--once", "--output", output.toString()));
    arguments.addAll(List.of(more));
    return run("cdc", arguments.toArray(new String[0]));
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  /** All lines of the output. */
  List<String> lines() throws IOException {
    return Files.exists(output) ? Files.readAllLines(output) : List.of();
  }

  /** What was emitted since the last time: table, operation and key's number. */
  List<String> emitted() throws IOException {
    List<String> lines = lines();
    List<String> emitted = new ArrayList<>();
    for (String line : lines.subList(read, lines.size())) {
      String table = line.replaceAll(".\"table\":\"([^\"]*)\".*", "$1");
      String operation = line.replaceAll(".*?\"operation\":\"([A-Z]*)\".*", "$1");
      String key = line.replaceAll(".*\"key\":(null|\\{\"id\":(\\d+)\\}).*", "$2");
      emitted.add(table + " " + operation + (key.isEmpty() ? "" : " " + key));
    }
    read = lines.size();
    return emitted;
  }
}
