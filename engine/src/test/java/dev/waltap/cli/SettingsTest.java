// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Change;
import dev.waltap.api.GuardMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options by the environment and a file, and secrets, which no message may repeat. */
class SettingsTest {

  private static final String TOKEN = "t0ken-Of-Ours";

  @TempDir private Path directory = Path.of("");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final List<CaptureOptions> captures = new ArrayList<>();
  private List<Change> changes = List.of();
  private String database = "";
  private Path config = Path.of("");

  @BeforeEach
  void createFiles() throws IOException {
    database = Files.createFile(directory.resolve("app.db")).toString();
    config = directory.resolve("waltap.properties");
  }

  private int run(String... args) {
    Shell shell =
        new Shell(
            out,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            builder -> {
              captures.add(builder.options());
              return new FakeCapture(builder.options(), changes);
            },
            new StopSignals(code -> {}),
            environment);
    return Main.run(shell, args);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private CaptureOptions captured() {
    return captures.get(captures.size() - 1);
  }

  @Test
  void optionsComeFromTheCommandLineElseTheEnvironmentElseAFile() throws IOException {
    Files.writeString(
        config, "batch-size = 3\nwal-limit = 64k\nguard = never\ntable = us*\\norders\n");
    environment.put("WALTAP_CONFIG", config.toString());
    environment.put("WALTAP_BATCH_SIZE", "4");
    environment.put("WALTAP_GUARD", "always");
    environment.put("WALTAP_NO_SCHEMA_EVENTS", "true");
    environment.put("WALTAP_EXCLUDE_TABLE", "a\n\nb c");
    environment.put("WALTAP_REBOOTSTRAP", "true");
    environment.put("WALTAP_HOME", "/opt/waltap");
    assertThat(run("bootstrap", database, "--batch-size", "5")).isZero();
    assertThat(captured().batchSize()).isEqualTo(5);
    assertThat(captured().guard()).isEqualTo(GuardMode.ALWAYS);
    assertThat(captured().walLimit()).isEqualTo(65536);
    assertThat(captured().tables()).containsExactly("us*", "orders");
    assertThat(captured().excludeTables()).containsExactly("a", "b c");
    assertThat(captured().schemaEvents()).isFalse();
    assertThat(run("bootstrap", database, "--table", "x", "--batch-size=6")).isZero();
    assertThat(captured().tables()).containsExactly("x");
    assertThat(captured().batchSize()).isEqualTo(6);
    assertThat(run("setup", database)).isZero();
    assertThat(err()).doesNotContain("unknown");
  }

  @Test
  void aTypedOptionWinsOverOneThatItExcludes() {
    environment.put("WALTAP_STATE", directory.resolve("state").toString());
    assertThat(run("bootstrap", database)).isZero();
    assertThat(captured().stateDirectory()).isEqualTo(directory.resolve("state"));
    assertThat(run("bootstrap", database, "--no-state")).isZero();
    assertThat(captured().stateDirectory()).isNull();
  }

  @Test
  void theFileYieldsToWhatIsTypedAndToTheEnvironmentAlsoWhereTheyExcludeEachOther()
      throws IOException {
    String summary = "delivered 0 changes";
    String warnings = "log-level = 'warn'\n";
    assertThat(runWith("a.toml", warnings, "bootstrap", database)).isZero();
    assertThat(err()).doesNotContain(summary);
    assertThat(runWith("a.toml", warnings, "bootstrap", database, "--verbose")).isZero();
    assertThat(err()).contains(summary);
    environment.put("WALTAP_VERBOSE", "false");
    assertThat(runWith("a.toml", warnings, "bootstrap", database)).isZero();
    assertThat(err()).doesNotContain(summary);
    environment.put("WALTAP_VERBOSE", "true");
    assertThat(runWith("a.toml", warnings, "bootstrap", database)).isZero();
    assertThat(err()).contains(summary);
    assertThat(runWith("a.toml", "log-level = 'debug'\n", "bootstrap", database, "--quiet"))
        .isZero();
    assertThat(err()).doesNotContain(summary);
    environment.clear();
    environment.put("WALTAP_STATE", directory.resolve("state").toString());
    assertThat(runWith("a.toml", "no-state = true\n", "bootstrap", database)).isZero();
    assertThat(captured().stateDirectory()).isEqualTo(directory.resolve("state"));
    environment.clear();
    environment.put("WALTAP_NO_STATE", "true");
    assertThat(runWith("a.toml", "state = '" + directory + "'\n", "bootstrap", database)).isZero();
    assertThat(captured().stateDirectory()).isNull();
  }

  @Test
  void databasesThatAreTypedReplaceTheDirectoryOfTheFile() throws IOException {
    String toml = "directory = '" + directory.resolve("nowhere") + "'\nrecursive = true\n";
    assertThat(runWith("a.toml", toml, "bootstrap", database)).isZero();
    assertThat(captured().database()).isEqualTo(Path.of(database));
    assertThat(runWith("a.toml", toml, "bootstrap", "--database", database)).isZero();
    assertThat(captured().database()).isEqualTo(Path.of(database));
    assertThat(runWith("a.toml", toml, "bootstrap")).isEqualTo(1);
    assertThat(err()).contains("nowhere: can't be searched");
  }

  @Test
  void whatIsForHttpDoesNotHinderOtherOutputs() {
    environment.put("WALTAP_HEADER", "X: y");
    environment.put("WALTAP_TIMEOUT", "3s");
    assertThat(run("bootstrap", database)).isZero();
    assertThat(run("bootstrap", database, "--header", "X: y")).isEqualTo(2);
  }

  @Test
  void saysWhereABadValueCameFrom() throws IOException {
    environment.put("WALTAP_WAL_LIMIT", "3q");
    assertThat(run("bootstrap", database)).isEqualTo(2);
    assertThat(err()).contains("from WALTAP_WAL_LIMIT");
    environment.clear();
    environment.put("WALTAP_NO_SCHEMA_EVENTS", "maybe");
    assertThat(run("bootstrap", database)).isEqualTo(2);
    assertThat(err()).contains("WALTAP_NO_SCHEMA_EVENTS");
    environment.clear();
    Files.writeString(config, "bath-size = 3\n");
    assertThat(run("bootstrap", database, "--config", config.toString())).isEqualTo(2);
    assertThat(err()).contains("'bath-size'").contains("did you mean 'batch-size'?");
    assertThat(run("bootstrap", database, "--config=" + config + "x")).isEqualTo(2);
    assertThat(err()).contains("there is no file");
    Files.writeString(config, "wal-limit = 3q\n");
    assertThat(run("bootstrap", database, "--config", config.toString())).isEqualTo(2);
    assertThat(err()).contains("(from line 1 of " + config + ")");
  }

  private int runWith(String name, String text, String... args) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    err.reset();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--config", file.toString()));
    return run(all.toArray(String[]::new));
  }

  @Test
  void aFileOfTomlOrYamlHasListsAndTablesAndTheDatabases() throws IOException {
    environment.put("WALTAP_GUARD", "always");
    String toml =
        """
        database = ['DB']
        guard = 'never'
        batch-size = 3
        no-schema-events = true
        table = ['us*', 'orders']
        [metrics]
        max-lag = '30s'
        """;
    assertThat(runWith("a.toml", toml.replace("DB", database), "bootstrap")).isZero();
    assertThat(captured().database()).isEqualTo(Path.of(database));
    assertThat(captured().guard()).isEqualTo(GuardMode.ALWAYS);
    assertThat(captured().batchSize()).isEqualTo(3);
    assertThat(captured().schemaEvents()).isFalse();
    assertThat(captured().tables()).containsExactly("us*", "orders");
    String yaml = "database: nowhere.db\ntable: [a, b]\nwal-limit: 64k\n";
    assertThat(runWith("a.yaml", yaml, "bootstrap", database, "--table", "c")).isZero();
    assertThat(captured().database()).isEqualTo(Path.of(database));
    assertThat(captured().tables()).containsExactly("c");
    assertThat(captured().walLimit()).isEqualTo(65536);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.toml > [metrics]\nprot = 1 > FILE, line 2: 'metrics-prot' is no option, did you mean 'metrics-port'?",
        "a.yaml > batch-size: [1, 2] > FILE, line 1: 'batch-size' takes one value, not a list",
        "a.toml > a = 'x > FILE, line 1: is not TOML from column",
        "a.toml > config = 'x' > FILE, line 1: 'config' is no option",
        "a.toml > page-rows = 'maybe' > write true or false for --page-rows in line 1 of FILE",
        "a.toml > [metrcs] > FILE, line 1: 'metrcs' is no table of options, did you mean 'metrics'?",
        "a.toml > [output] > FILE, line 1: 'output' is no table of options",
        "a.yaml > metrcs: {} > FILE, line 1: 'metrcs' is no table of options",
        "a.toml > wal-limit = '3q' > (from line 1 of FILE)",
        "a.toml > listen-token = 'a'\noutput = 'http://bob:t0ken@127.0.0.1:0/' > port in the address"
      })
  void saysWhichLineOfTheFileIsWrong(String line) throws IOException {
    String[] parts = line.split(" > ", -1);
    assertThat(runWith(parts[0], parts[1], "bootstrap", database)).isEqualTo(2);
    String expected = parts[2].replace("FILE", directory.resolve(parts[0]).toString());
    assertThat(err()).contains(expected).doesNotContain("t0ken");
  }

  @Test
  void checkLooksAtTheWholeFile() throws IOException {
    String other = "database = '" + database + "'\nthreshold = 1\n";
    assertThat(runWith("a.toml", other, "check")).isEqualTo(2);
    assertThat(err()).contains("'threshold' is no option");
    // An option of status, which a capture does not look at.
    String lag = "database = '" + database + "'\nmax-lag = 'soon'\n";
    assertThat(runWith("a.toml", lag, "bootstrap")).isZero();
    assertThat(runWith("a.toml", lag, "check")).isEqualTo(2);
    assertThat(err()).contains("--max-lag").contains("(from line 2 of ");
    String port = "database = '" + database + "'\nmetrics-port = 70000\n";
    assertThat(runWith("a.toml", port, "check")).isEqualTo(2);
    assertThat(err()).contains("--metrics-port must be 0 to 65535");
  }

  @Test
  void theLogLevelSaysHowMuchThereIs() {
    assertThat(run("bootstrap", database, "--log-level", "debug")).isZero();
    assertThat(err()).contains("delivered 0 changes");
    err.reset();
    assertThat(run("bootstrap", database, "--log-level", "loud")).isEqualTo(2);
    assertThat(err()).contains("is none of debug, info, warn, error");
  }

  @Test
  void headersComeFromAFileAndTheEnvironment() throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          seen.add(exchange.getRequestHeaders().get("X-Token") + "");
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      changes = List.of(insert(row("id", 1L)));
      Path headers = directory.resolve("headers");
      Files.writeString(headers, "X-Token: " + TOKEN + "\n\nX-Token: two\n");
      String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      assertThat(run("bootstrap", database, "--output", address, "--header", "@" + headers))
          .isZero();
      environment.put("WALTAP_OUTPUT", address);
      environment.put("WALTAP_HEADER", "X-Token: three\n@" + headers);
      assertThat(run("bootstrap", database)).isZero();
      assertThat(seen).containsExactly("[" + TOKEN + ", two]", "[three, " + TOKEN + ", two]");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--output http://bob:TOKEN@127.0.0.1:70000/",
        "--output http://bob:TOKEN@127.0.0.1:0/",
        "--output http://bob:TO|KEN@127.0.0.1/",
        "--output http:bob:TOKEN@h/",
        "--output http://bob:1#TOKEN@127.0.0.1/",
        "--output http://bob:TOKEN@127.0.0.1:9/?key=TOKEN --max-retries 0",
        "--output http://bob:TOKEN@127.0.0.1:9/ --max-retries 0 --verbose",
        "--output https://bob:TOKEN@127.0.0.1:9/ --max-retries 0 --verbose",
        "--output http://no.such.host.invalid/ --header X-Key:TOKEN --max-retries 0 --verbose",
        "--output http://127.0.0.1:9/ --header TOKEN",
        "--output http://127.0.0.1:9/ --header Bearer|TOKEN:x",
        "--output http://127.0.0.1:9/ --header Host:TOKEN",
        "--output http://127.0.0.1:9/ --header Authorization: Bearer TOKEN",
        "--output http://127.0.0.1:9/ --haeder X:TOKEN",
        "--output http://127.0.0.1:9/ --headers=X:TOKEN",
        "--output http://127.0.0.1:9/ -HX:TOKEN",
        "--output http://127.0.0.1:9/ --token TOKEN",
        "--output http://127.0.0.1:9/ --hmac-key TOKEN",
        "--hmac-key TOKEN",
        "--header X:TOKEN",
        "--output http://127.0.0.1:9/ --header X:TOKEN --format text",
        "--output http://127.0.0.1:9/ --header X:TOKEN --format xml",
        "--output http://127.0.0.1:9/ --header X:TOKEN --cacert missing"
      })
  void repeatsNoSecretWhateverIsWrong(String line) {
    changes = List.of(insert(row("id", 1L)));
    List<String> args = new ArrayList<>(List.of("bootstrap", database));
    for (String word : line.split(" ", -1)) {
      args.add(word.replace("TOKEN", TOKEN).replace('|', ' '));
    }
    assertThat(run(args.toArray(String[]::new))).isIn(1, 2);
    assertThat(err()).contains("waltap: ").doesNotContain(TOKEN, "t0ken", "bob", "KEN@");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ccd DB > unknown command 'ccd': did you mean 'cdc'?",
        "bootsrap DB > unknown command 'bootsrap': did you mean 'bootstrap'?",
        "cdc DB --tabel x > unknown option '--tabel': did you mean '--table'?",
        "cdc DB --wal_limit 3 > unknown option '--wal_limit': did you mean '--wal-limit'?",
        "cdc DB -o x > unknown option '-o': did you mean '--output'?",
        "cdc DB --qqqqqq > unknown option '--qqqqqq'",
        "cdc DB DB > the database DB is given twice",
        "--verison > unknown option '--verison': did you mean '--version'?"
      })
  void saysWhatMayHaveBeenMeant(String line) {
    String[] both = line.replace("DB", database).split(" > ", -1);
    assertThat(run(both[0].split(" ", -1))).isEqualTo(2);
    assertThat(err().lines().findFirst().orElse("")).isEqualTo("waltap: " + both[1]);
  }

  @Test
  void onceSaysHowMuchAndNothingWithQuiet() {
    String state = directory.resolve("state").toString();
    assertThat(run("cdc", database, "--once", "--state", state)).isZero();
    assertThat(err()).endsWith("waltap: caught up: there was nothing to deliver\n");
    changes = List.of(insert(row("id", 1L)));
    assertThat(run("cdc", database, "--once", "--state", state)).isZero();
    assertThat(err()).contains("caught up: delivered 1 change of 1 transaction");
    err.reset();
    assertThat(run("cdc", database, "--once", "--state", state, "--quiet")).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void retriesMayBeUnlimited() {
    String nowhere = "http://127.0.0.1:9/";
    assertThat(run("bootstrap", database, "--output", nowhere, "--max-retries", "unlimited"))
        .isZero();
    assertThat(run("bootstrap", database, "--output", nowhere, "--max-retries", "-2")).isEqualTo(2);
    assertThat(run("bootstrap", database, "--output", nowhere, "--max-retries", "many"))
        .isEqualTo(2);
    assertThat(err()).contains("neither a number nor 'unlimited'");
  }
}
