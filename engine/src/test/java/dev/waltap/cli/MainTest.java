// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.handler.ClosedPipeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  private static final List<Change> ONE = List.of(insert(row("id", 1L)));

  @TempDir private Path directory = Path.of("");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Integer> halts = new ArrayList<>();
  private final StopSignals signals = new StopSignals(halts::add);
  private final List<FakeCapture> captures = new ArrayList<>();
  private List<Change> changes = List.of();
  private String database = "";

  @BeforeEach
  void createDatabase() throws IOException {
    database = Files.createFile(directory.resolve("app.db")).toString();
  }

  private int run(String... args) {
    return run(out, this::capture, args);
  }

  private int run(
      OutputStream to,
      java.util.function.Function<CaptureBuilder, ChangeDataCapture> engines,
      String... args) {
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Main.run(new Shell(to, errors, false, engines, signals), args);
  }

  private ChangeDataCapture capture(CaptureBuilder builder) {
    FakeCapture capture = new FakeCapture(builder.options(), changes);
    captures.add(capture);
    return capture;
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void bootstrapWritesEventsAndExitsWithZero() {
    changes = ONE;
    assertThat(run("bootstrap", database)).isZero();
    assertThat(out()).startsWith("{\"table\":\"users\"").endsWith("}}\n");
    assertThat(err()).matches("waltap: ready[^\\n]*\\n");
    assertThat(captures.get(0).called).isEqualTo("bootstrap");
  }

  @Test
  void everyCommandOfTheHelpIsFoundByItsName() {
    for (String name : Main.describe().subcommands().keySet()) {
      out.reset();
      assertThat(run(name, "--help")).as(name).isZero();
      assertThat(out()).contains("Usage: waltap " + name + " ");
    }
  }

  @Test
  void everyOptionReachesTheCapture() {
    Path state = directory.resolve("state");
    run(
        "bootstrap-and-cdc",
        database,
        "--table",
        "us*",
        "--table",
        "orders",
        "--exclude-table",
        "x",
        "--exclude-column",
        "users.photo",
        "--batch-size",
        "7",
        "--state",
        state.toString(),
        "--on-gap",
        "fail",
        "--guard",
        "always",
        "--wal-limit",
        "64k",
        "--once",
        "--rebootstrap",
        "--no-schema-events");
    CaptureOptions options = captures.get(0).options();
    assertThat(captures.get(0).called).isEqualTo("bootstrapAndCdc");
    assertThat(options.tables()).containsExactly("us*", "orders");
    assertThat(options.excludeTables()).containsExactly("x");
    assertThat(options.excludeColumns()).containsExactly("users.photo");
    assertThat(options.batchSize()).isEqualTo(7);
    assertThat(options.stateDirectory()).isEqualTo(state);
    assertThat(options.onGap()).isEqualTo(GapPolicy.FAIL);
    assertThat(options.guard()).isEqualTo(GuardMode.ALWAYS);
    assertThat(options.walLimit()).isEqualTo(65536);
    assertThat(options.once()).isTrue();
    assertThat(options.rebootstrap()).isTrue();
    assertThat(options.schemaEvents()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "cdc",
        "cdc DB DB",
        "cdc DB --nonsense",
        "cdc DB --format xml",
        "cdc DB --wal-limit 3q",
        "cdc DB --batch-size 0",
        "cdc DB --batch-size x",
        "cdc DB --once",
        "cdc DB --once --no-state",
        "cdc DB --state s --no-state",
        "cdc DB --header A:b",
        "cdc DB --timeout 3s --output f",
        "cdc DB --max-retries 1",
        "cdc DB --output http://h/ --format text",
        "cdc DB --with-schemas",
        "cdc DB --format text --with-keys",
        "cdc DB --type-mismatch fail",
        "cdc DB --format debezium --type-mismatch skip_field",
        "demo --format debezium",
        "cdc DB --format sql --output f",
        "cdc DB --format sql --output http://h/",
        "cdc DB --format sql --blobs hex",
        "cdc DB --format sql --output - --output f",
        "cdc DB --format sql --listen 0",
        "cdc DB --output f --output f",
        "cdc DB --output - --output -",
        "cdc DB --output http://h/ --output http://h/",
        "cdc DB --listen x",
        "cdc DB --listen 0.0.0.0:0",
        "cdc DB --listen 0 --format text",
        "cdc DB --listen-token @f",
        "cdc DB --listen-history 1MiB",
        "cdc DB --listen 0 --listen-token t",
        "cdc DB --hmac-key @f",
        "cdc DB --hmac-key k --output http://h/",
        "cdc DB --format changeset",
        "cdc DB --format changeset --output http://h/",
        "cdc DB --format changeset --output d --blobs hex",
        "cdc DB --format changeset --output d --exclude-column t.c",
        "cdc DB --topic t",
        "cdc DB --kafka-config f --output http://h/",
        "cdc DB --cacert f",
        "cdc DB --output http://h/ --header x",
        "cdc DB --output http://h/ --max-retries -1",
        "cdc DB --output http:///x",
        "cdc DB --output DB",
        "cdc DB --output DB-wal",
        "cdc DB --exclude-column name",
        "cdc DB --rebootstrap",
        "bootstrap DB --once",
        "setup DB --format json",
        "demo --count 0",
        "teardown"
      })
  void usageErrorsExitWithTwo(String line) {
    String[] args = line.isEmpty() ? new String[0] : line.replace("DB", database).split(" ", -1);
    assertThat(run(args)).isEqualTo(2);
    assertThat(out()).isEmpty();
    assertThat(err()).contains("waltap: ").contains("--help'");
    assertThat(captures).isEmpty();
  }

  @Test
  void helpAndVersionGoToStandardOutput() {
    assertThat(run("--version")).isZero();
    assertThat(out()).isEqualTo("waltap development\n");
    for (String command : List.of("cdc", "bootstrap", "setup", "teardown", "demo")) {
      out.reset();
      assertThat(run(command, "--help")).isZero();
      assertThat(out()).contains("Usage: waltap " + command).contains("Exit codes:");
    }
    out.reset();
    assertThat(run("help", "cdc")).isZero();
    assertThat(out()).contains("--on-gap");
    assertThat(err()).isEmpty();
  }

  @Test
  void aMissingDatabaseIsRefusedBeforeTheOutputIsMade() {
    Path output = directory.resolve("out");
    assertThat(run("cdc", database + "x", "--output", output.toString())).isEqualTo(1);
    assertThat(err()).startsWith("waltap: ").contains("does not exist").hasLineCount(1);
    assertThat(output).doesNotExist();
  }

  @Test
  void refusalsAreOneLine() {
    assertThat(runFailing(new CaptureException(Reason.REFUSED, "no\nWAL mode"))).isEqualTo(1);
    assertThat(err()).isEqualTo("waltap: no WAL mode\n");
    err.reset();
    assertThat(runFailing(new CaptureException(Reason.GAP, "overrun"))).isEqualTo(3);
    assertThat(err()).isEqualTo("waltap: overrun\n");
    err.reset();
    IOException cause = new IOException("disk full");
    assertThat(runFailing(new CaptureException(Reason.HANDLER, "delivery failed", cause)))
        .isEqualTo(1);
    assertThat(err()).isEqualTo("waltap: delivery failed: disk full\n");
    err.reset();
    assertThat(runFailing(new IllegalStateException("oops"))).isEqualTo(1);
    assertThat(err()).startsWith("waltap: internal error").hasLineCount(1);
    err.reset();
    assertThat(runFailing(new IllegalStateException("oops"), "--verbose")).isEqualTo(1);
    assertThat(err()).contains("\tat ");
  }

  private int runFailing(RuntimeException failure, String... more) {
    String[] args = new String[2 + more.length];
    args[0] = "cdc";
    args[1] = database;
    System.arraycopy(more, 0, args, 2, more.length);
    return run(
        out,
        builder -> {
          throw failure;
        },
        args);
  }

  @Test
  void aClosedPipeIsSilent() {
    changes = ONE;
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new ClosedPipeException(new IOException("Broken pipe"));
          }
        };
    assertThat(run(broken, this::capture, "cdc", database, "--verbose")).isEqualTo(141);
    assertThat(err()).matches("waltap: ready[^\\n]*\\n");
  }

  @Test
  void aSignalEndsCdcInOrder() throws Exception {
    assertThat(exitAfterSignal(15, "cdc", database)).isZero();
    assertThat(halts).isEmpty();
    signals.raise(2);
    assertThat(halts).containsExactly(130);
  }

  private int exitAfterSignal(int signal, String... args) throws Exception {
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> run(args));
    while (!err().contains("ready")) {
      assertThat(code).isNotDone();
      Thread.onSpinWait();
    }
    signals.raise(signal);
    return code.get(10, TimeUnit.SECONDS);
  }

  @Test
  void anUnfinishedBootstrapSetupOrOnceEndsWithTheSignal() {
    signals.raise(15);
    assertThat(run("bootstrap", database)).isEqualTo(143);
    assertThat(run("setup", database)).isEqualTo(143);
    assertThat(run("cdc", database, "--once", "--state", "s")).isEqualTo(143);
    assertThat(run("cdc", database)).isZero();
    assertThat(run("bootstrap-and-cdc", database)).isZero();
  }

  @Test
  void aSignalEndsRetriesAndLeavesTheBatchUndelivered() throws Exception {
    changes = ONE;
    String refusing = "http://127.0.0.1:9/";
    assertThat(
            exitAfterSignal(15, "cdc", database, "--output", refusing, "--max-retries", "100000"))
        .isZero();
    assertThat(err()).contains("waltap: warning: POST to http://127.0.0.1:9/");
  }

  @Test
  void eventsGoToAFileAsText() throws IOException {
    changes = ONE;
    Path output = directory.resolve("out.txt");
    String line = "2026-11-22T10:00:00.123456Z: users INSERT\n";
    Files.writeString(output, "before\n" + line + "2026-11-2");
    assertThat(run("bootstrap", database, "--format", "text", "--output", output.toString()))
        .isZero();
    assertThat(Files.readString(output)).isEqualTo("before\n" + line + line);
    assertThat(out()).isEmpty();
  }

  @Test
  void debeziumsMessagesAreLinesOfTheirValues() throws IOException {
    changes = ONE;
    assertThat(run("bootstrap", database, "--format", "debezium")).isZero();
    assertThat(out())
        .startsWith("{\"before\":null,\"after\":{")
        .contains("\"source\":{\"version\":\"development\",\"connector\":\"sqlite\"")
        .endsWith("}\n");
    String line = out();
    Path output = directory.resolve("out.jsonl");
    Files.writeString(output, line + line.substring(0, line.length() / 2));
    assertThat(run("bootstrap", database, "--format", "debezium", "--output", output.toString()))
        .isZero();
    assertThat(Files.readAllLines(output)).hasSize(2);
  }

  @Test
  void statementsReplayEachTransaction() {
    changes = ONE;
    assertThat(run("bootstrap", database, "--format", "sql")).isZero();
    assertThat(out().lines()).hasSize(4).first().asString().startsWith("PRAGMA foreign_keys=OFF;");
    assertThat(out())
        .contains("\nBEGIN;\nINSERT OR REPLACE INTO \"users\"(")
        .endsWith(";\nCOMMIT;\n");
  }

  @Test
  void debeziumsMessagesComeWithKeysAndSchemasWhereAsked() {
    changes = ONE;
    assertThat(run("bootstrap", database, "--format=debezium", "--with-keys", "--with-schemas"))
        .isZero();
    assertThat(out())
        .startsWith("{\"topic\":\"waltap.users\",\"key\":{\"schema\":{\"type\":\"struct\"")
        .contains(",\"value\":{\"schema\":{\"type\":\"struct\",\"fields\":[");
    out.reset();
    assertThat(run("bootstrap", database, "--format=debezium", "--with-transactions")).isZero();
    assertThat(out().lines()).hasSize(3).first().asString().startsWith("{\"status\":\"BEGIN\",");
  }

  @Test
  void setupAndTeardownNameTheDirectory() {
    assertThat(run("setup", database, "--table", "users")).isZero();
    Path usual = Path.of(database + "-waltap");
    assertThat(captures.get(0).options().stateDirectory()).isEqualTo(usual);
    assertThat(err()).startsWith("waltap: set up " + usual);
    err.reset();
    assertThat(run("teardown", database)).isZero();
    assertThat(err()).startsWith("waltap: nothing to do");
    err.reset();
    assertThat(run("teardown", database, "--quiet", "--state", "other")).isZero();
    assertThat(err()).isEmpty();
    assertThat(captures.get(2).options().stateDirectory()).isEqualTo(Path.of("other"));
    assertThat(out()).isEmpty();
  }

  @Test
  void usesTheStateBesideTheDatabaseWhereSetupMadeIt() throws IOException {
    Path state = Files.createDirectory(Path.of(database + "-waltap"));
    run("bootstrap", database);
    Files.createFile(state.resolve("state.db"));
    run("bootstrap", database);
    run("bootstrap", database, "--no-state");
    run("bootstrap", database, "--state", "other");
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), Path.of(database));
    run("bootstrap", link.toString());
    assertThat(captures)
        .extracting(capture -> capture.options().stateDirectory())
        .containsExactly(null, state, null, Path.of("other"), state.toRealPath());
  }

  @Test
  void verboseSummarizes() {
    changes = ONE;
    assertThat(run("bootstrap", database, "--verbose")).isZero();
    assertThat(err()).contains("waltap: delivered 1 change (");
  }

  @Test
  void demoShowsAsManyEventsAsAskedFor() {
    Change change = insert(row("id", 1L));
    changes = List.of(change, change, change);
    assertThat(run("demo", "--format", "text", "--count", "2")).isZero();
    assertThat(out()).isEqualTo("2026-11-22T10:00:00.123456Z: users INSERT\n".repeat(2));
    assertThat(captures.get(0).options().database()).doesNotExist();
    assertThat(captures.get(0).options().database().getParent()).doesNotExist();
  }

  @Test
  void demoShowsSqlAboveItsEventsAndEndsWithASummary() {
    changes = ONE;
    assertThat(run("demo", "--count", "1", "--verbose")).isZero();
    assertThat(out())
        .startsWith("\nsql    -- the rows that are there when the capture starts\n")
        .containsPattern("\nevent  INSERT users 1: id 1 +\\d[\\d.]* m?s\n\n\\{\"table\":\"users\"")
        .contains("\n1 change emitted, of 1 transaction; from commit to handler ")
        .contains("\n0 bytes written to the database by Waltap")
        .endsWith("\n  waltap cdc app.db\n")
        .doesNotContain("\u001B");
  }

  @Test
  void demoLeavesTheFormatOfCapturesInTheEnvironmentToThem() {
    changes = ONE;
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    java.util.Map<String, String> environment = java.util.Map.of("WALTAP_FORMAT", "debezium");
    Shell shell = new Shell(out, errors, false, this::capture, signals, environment);
    assertThat(Main.run(shell, "demo", "--count", "1")).isZero();
    assertThat(out()).contains("event  INSERT users 1: id 1");
  }

  @Test
  void blobsAppearAsAsked() {
    changes = List.of(insert(row("b", new byte[] {1, -1})));
    run("bootstrap", database, "--blobs", "base64");
    assertThat(out()).contains("{\"b\":\"Af8=\"}");
  }
}
