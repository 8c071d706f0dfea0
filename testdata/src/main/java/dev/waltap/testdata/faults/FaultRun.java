// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.faults.FaultedProcess.Outcome;
import dev.waltap.testdata.model.Value.BlobStyle;
import dev.waltap.testdata.oracle.JsonLineOracle;
import dev.waltap.testdata.oracle.OracleOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One kind of work on one database, tried again and again while a call of it fails. After each try
 * the command has ended in words, has left nothing open, and a second run without faults completes
 * what was emitted: nothing is missing, nothing wrong. For one thread, which closes it.
 */
public final class FaultRun implements AutoCloseable {
  private static final List<String> COMPACT = List.of("--state-lag", "1ms");

  private final Work work;
  private final Path scratch;
  private final TestDatabase database;
  private final Connection writer;
  private final FaultedProcess process;
  private final Receiver receiver;
  private JsonLineOracle oracle;
  private long read;
  private int tries;

  /** What a process keeps of a database once it was opened there. */
  private List<String> open = List.of();

  /** Makes the database and starts the process that commands run in. */
  public FaultRun(Work work) throws Exception {
    this.work = work;
    this.scratch = Files.createTempDirectory("waltap-faults");
    this.database = TestDatabase.create();
    this.writer = database.open();
    this.receiver = new Receiver();
    this.process = new FaultedProcess(scratch, database.directory());
    TestDatabase.execute(
        writer,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE w(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID",
        "INSERT INTO w VALUES('a', x'00')");
    this.oracle = newOracle();
    open = process.run(command(List.of("setup"))).open();
    if (!work.startsFresh()) {
      oracle.oracle().baseline(writer);
    }
  }

  private static JsonLineOracle newOracle() {
    return new JsonLineOracle(OracleOptions.DEFAULT.withHistory(), BlobStyle.HEX);
  }

  /** Whole, since class files have directories and names like those of the state, too. */
  private String path() {
    return work == Work.HTTP ? work.path() : database.directory() + work.path();
  }

  private Path state() {
    return database.directory().resolve("state");
  }

  private Path output() {
    return database.directory().resolve("changes.jsonl");
  }

  /** How many matching calls the work makes when nothing fails. */
  public int calls(Fault fault) throws Exception {
    return attempt(fault, 0).calls();
  }

  /**
   * Tries it once.
   *
   * @param at the number of the call that fails, from 1
   * @return whether there was such a call
   * @throws AssertionError if anything is not as it must be
   */
  public boolean attemptAt(Fault fault, int at) throws Exception {
    return attempt(fault, at).met() > 0;
  }

  private Outcome attempt(Fault fault, int at) throws Exception {
    tries++;
    Outcome outcome = null;
    try {
      prepare();
      List<String> command = command(work.command());
      if (work == Work.COMPACTION) {
        command.addAll(COMPACT);
      }
      outcome = process.run(fault, at, path(), command);
      judge(outcome);
      complete(outcome.exit() == 0);
      return outcome;
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          work + " " + fault + " at call " + at + ": " + outcome + "\n" + process.trace(), e);
    }
  }

  private void prepare() throws Exception {
    if (work.startsFresh()) {
      deleteState();
      Files.deleteIfExists(output());
      read = 0;
      oracle.close();
      oracle = newOracle();
      write();
      if (work == Work.TEARDOWN) {
        succeed("setup");
      }
      if (work != Work.BOOTSTRAP) {
        oracle.oracle().baseline(writer);
      }
    } else {
      write();
      if (tries % 3 == 0) {
        TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        write();
      }
    }
  }

  private void write() throws Exception {
    TestDatabase.execute(
        writer,
        "INSERT INTO t(v) VALUES(hex(randomblob(20))), (hex(randomblob(3000)))",
        "BEGIN",
        "UPDATE t SET v = v || 'x' WHERE id % 7 = " + tries % 7,
        "UPDATE w SET v = randomblob(10)",
        "DELETE FROM t WHERE id <= (SELECT max(id) FROM t) - 12",
        "COMMIT");
  }

  /** Exit codes and words as promised, and nothing left open. */
  private void judge(Outcome outcome) {
    List<String> failures = new ArrayList<>();
    for (String line : outcome.errors().lines().toList()) {
      if (!line.startsWith("waltap: ") || line.contains("internal error")) {
        throw new AssertionError("words: " + outcome.errors());
      }
      boolean note = line.contains("is emitted as its net effect");
      if (!line.startsWith("waltap: ready") && !line.startsWith("waltap: warning: ") && !note) {
        failures.add(line);
      }
    }
    if (outcome.exit() != 0 && (outcome.exit() != 1 || failures.size() != 1)) {
      throw new AssertionError("exit code " + outcome.exit() + ", words: " + failures);
    }
    List<String> more = new ArrayList<>(outcome.open());
    for (String known : open) {
      more.remove(known);
    }
    if (!more.isEmpty()) {
      throw new AssertionError("left open: " + more);
    }
  }

  /** What was not done is done by the next run, and what was emitted then is the truth. */
  private void complete(boolean done) throws Exception {
    switch (work) {
      case SETUP, OPEN -> {
        if (done) {
          write();
        }
        succeed("setup");
      }
      case TEARDOWN -> {
        if (done && Files.exists(state())) {
          throw new AssertionError("torn down, and still there");
        }
        succeed("teardown");
        succeed("setup");
      }
      default -> {
        takeLines();
        if (done) {
          oracle.compareWith(writer);
        }
      }
    }
    if (work.startsFresh() && work != Work.BOOTSTRAP) {
      write();
    }
    String command = work == Work.BOOTSTRAP ? "bootstrap-and-cdc" : "cdc";
    succeed(command, "--once");
    takeLines();
    oracle.compareWith(writer);
  }

  private List<String> command(List<String> command) {
    List<String> line = new ArrayList<>(command);
    line.addAll(1, List.of(database.path().toString(), "--state", state().toString()));
    if (line.contains("--once")) {
      if (work == Work.HTTP) {
        line.addAll(List.of("--output", receiver.url(), "--max-retries", "1", "--timeout", "5s"));
      } else {
        line.addAll(List.of("--output", output().toString()));
      }
    }
    return line;
  }

  private void succeed(String... command) throws IOException, InterruptedException {
    List<String> line = command(List.of(command));
    if (line.contains("--once")) {
      line.addAll(COMPACT); // Else each try finds a longer journal, and calls more.
    }
    Outcome outcome = process.run(line);
    if (outcome.exit() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " without faults: " + outcome.exit() + outcome.errors());
    }
    judge(outcome);
  }

  private void takeLines() throws IOException {
    if (work == Work.HTTP) {
      for (List<String> batch : receiver.newBatches()) {
        expectRedelivery();
        oracle.lines(batch);
      }
    } else if (Files.exists(output())) {
      byte[] all = Files.readAllBytes(output());
      int end = all.length;
      while (end > read && all[end - 1] != '\n') {
        end--;
      }
      expectRedelivery();
      String text = new String(Arrays.copyOfRange(all, (int) read, end), StandardCharsets.UTF_8);
      text.lines().forEach(oracle::line);
      read = end;
    }
  }

  private void expectRedelivery() {
    if (oracle.oracle().position() != null) {
      oracle.oracle().expectRedelivery();
    }
  }

  private void deleteState() throws IOException {
    if (Files.exists(state())) {
      Directories.delete(state());
    }
  }

  /** How often commands were tried so far, with and without faults. */
  public int tries() {
    return tries;
  }

  /** The descriptors and threads of the process that commands run in. */
  public String totals() throws IOException, InterruptedException {
    return process.totals();
  }

  @Override
  public void close() throws Exception {
    process.close();
    receiver.close();
    oracle.close();
    writer.close();
    database.close();
    Directories.delete(scratch);
  }
}
