// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.cli.Main;
import dev.waltap.dist.Unpacked.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the archive has for services and containers is right by itself, and for what it names. */
class PackagingTest {
  private static final String UNIT = "lib/systemd/system/waltap@.service";
  private static final String DOCKERFILE = "share/container/Dockerfile";
  private static final String ROTATION = "etc/logrotate.d/waltap";
  private static final String EXAMPLE = "etc/waltap/example.toml";
  private static final Pattern OURS = Pattern.compile("/opt/waltap/([\\w.@/-]*\\w)");
  private static final Pattern IN_ARCHIVE =
      Pattern.compile("(?<![\\w/])(?:etc|share)/[\\w.@/-]*\\w");
  private static final Pattern VARIABLE = Pattern.compile("WALTAP_([A-Z_]+)=");
  private static final Pattern OPTION = Pattern.compile("(?<= )--[a-z][a-z-]+");
  private static final Pattern PORT = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");

  private static final Pattern JAVA_OPTIONS =
      Pattern.compile("\nENV WALTAP_JAVA_OPTS=\"([^\"]*)\"\n");

  /** Of docker and systemctl. */
  private static final Set<String> OF_OTHERS =
      Set.of(
          "--read-only", "--user", "--init", "--now", "--interval", "--timeout", "--start-period");

  @TempDir private static Path directory = Path.of("");
  private static Unpacked unpacked;

  @BeforeAll
  static void unpack() throws Exception {
    unpacked = Unpacked.into(directory);
  }

  private static String text(String name) throws IOException {
    return Files.readString(unpacked.home().resolve(name));
  }

  private static Set<String> options() {
    Set<String> names = new TreeSet<>();
    for (var command : Main.describe().subcommands().values()) {
      command.getCommandSpec().options().forEach(each -> names.addAll(Arrays.asList(each.names())));
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {UNIT, DOCKERFILE, ROTATION, EXAMPLE})
  void allPathsOptionsAndVariablesInItAreThere(String name) throws Exception {
    String text = text(name);
    for (Pattern paths : List.of(OURS, IN_ARCHIVE)) {
      Matcher path = paths.matcher(text);
      while (path.find()) {
        String inArchive = path.group(path.groupCount());
        assertThat(unpacked.home().resolve(inArchive)).as(path.group()).exists();
      }
    }
    Set<String> known = options();
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      String option = "--" + variable.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
      assertThat(Set.of("--java-opts", "--option").contains(option) || known.contains(option))
          .as(variable.group())
          .isTrue();
    }
    Matcher option = OPTION.matcher(text);
    while (option.find()) {
      assertThat(OF_OTHERS.contains(option.group()) || known.contains(option.group()))
          .as(option.group())
          .isTrue();
    }
  }

  @Test
  void theServiceIsHardenedAndOneThatSystemdTakes() throws Exception {
    String text = text(UNIT);
    assertThat(text)
        .contains("\nExecStart=/opt/waltap/bin/waltap cdc\n")
        .contains("\nExecReload=/bin/kill -HUP $MAINPID\n")
        .contains("\nRestart=on-failure\n")
        .contains("\nRestartPreventExitStatus=2 3\n")
        .contains("\nNoNewPrivileges=yes\n")
        .contains("\nProtectSystem=strict\n")
        // A JVM compiles, and files are mapped.
        .doesNotContain("\nMemoryDenyWriteExecute")
        .doesNotContain("\nNoExecPaths");
    Path verifier = Path.of("/usr/bin/systemd-analyze");
    Assumptions.assumeTrue(Files.isExecutable(verifier), "there is no systemd-analyze");
    Path here = directory.resolve("waltap@.service");
    Files.writeString(here, text.replace("/opt/waltap/bin/waltap", "/bin/true"));
    Ended ended =
        unpacked.run(
            Map.of(), verifier + "", "verify", "--man=no", directory + "/waltap@x.service");
    assertThat(ended.out() + ended.err()).doesNotContain("waltap@");
  }

  @Test
  void logrotateTakesItsFile() throws Exception {
    Path program = Path.of("/usr/sbin/logrotate");
    Assumptions.assumeTrue(Files.isExecutable(program), "there is no logrotate");
    Path file = Files.copy(unpacked.home().resolve(ROTATION), directory.resolve("rotation"));
    String state = directory.resolve("rotated").toString();
    Ended ended =
        unpacked.run(Map.of(), program + "", "--debug", "--state", state, file.toString());
    assertThat(ended.exit()).isZero();
    assertThat(ended.out() + ended.err())
        .contains("rotating pattern: /var/log/waltap/*/*.jsonl")
        .doesNotContain("error:");
  }

  @Test
  void theExampleHasOnlyWhatThereIs() throws Exception {
    String all = text(EXAMPLE).replaceAll("(?m)^# ([a-z]+ = )", "$1");
    String once = all.replaceFirst("(?m)^output = .*\\R", "");
    Path file = Files.writeString(directory.resolve("all.toml"), once.replaceAll("header.*", ""));
    Ended ended = unpacked.waltap("check", "--config", file);
    // The options are right; the directory is not here.
    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.err()).contains("/srv/tenants: can't be searched");
    assertThat(unpacked.waltap("check", "--config", unpacked.home().resolve(EXAMPLE)).exit())
        .isEqualTo(1);
  }

  @Test
  void theImageIsNotOfRootAndStartsTheLauncherItself() throws Exception {
    assertThat(text(DOCKERFILE))
        .containsPattern("\nUSER [1-9][0-9]+:[1-9][0-9]+\n")
        .contains("\nENTRYPOINT [\"/opt/waltap/bin/waltap\"]\n")
        .contains("CMD [\"/opt/waltap/libexec/health-check\"]\n")
        .contains("\nVOLUME ")
        .containsPattern("\nARG JAVA=[a-z-]+:[0-9]+-jre\n");
    assertThat(text("bin/waltap")).containsPattern("\nexec \"\\$java\" [^\n]*\"\\$@\"\n$");
  }

  /** As in a container: the first process, with nothing to write to but its volume. */
  @Test
  @Tag("slow")
  void endsInOrderAsTheFirstProcessWithAReadOnlyRoot() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Path database = data.resolve("app.db");
    String prepare = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind /";
    String[] isolated = {"unshare", "--pid", "--fork", "--mount", "--mount-proc", "sh", "-c"};
    Ended tried =
        run(isolated, prepare + " && ! touch \"$2\" 2>/dev/null", data, directory.resolve("x"));
    Assumptions.assumeTrue(tried.exit() == 0, "no process namespace is to be had: " + tried.err());
    Path out = directory.resolve("first.jsonl");
    Path err = directory.resolve("first.txt");
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = writer.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("CREATE TABLE t(a INTEGER PRIMARY KEY)");
      statement.execute("CREATE TABLE large(a INTEGER PRIMARY KEY, b BLOB)");
      Process capture =
          unpacked.start(
              Map.of("JAVA_HOME", Unpacked.JAVA_HOME, "WALTAP_JAVA_OPTS", javaOptions(data)),
              out,
              err,
              line(
                  isolated,
                  prepare
                      + " && exec \"$2\" cdc \"$3\" --state \"$1/state\" --metrics-port 0"
                      + " --blobs omit",
                  data,
                  unpacked.waltap(),
                  database));
      try {
        awaitText(capture, err, "waltap: ready");
        statement.execute("INSERT INTO t VALUES (1)");
        awaitText(capture, out, "\"after\":{\"a\":1}");
        // More than there is memory for.
        statement.execute(
            "INSERT INTO large(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < 1000) SELECT randomblob(100000) FROM n");
        awaitText(capture, out, "\"key\":{\"a\":1000}");
        Matcher port = PORT.matcher(Files.readString(err));
        assertThat(port.find()).isTrue();
        checkHealth(port.group(1));
        ProcessHandle first = capture.children().findFirst().orElseThrow();
        assertThat(first.info().command().orElse("")).endsWith("/java");
        first.destroy();
        assertThat(capture.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(capture.exitValue()).as(Files.readString(err)).isZero();
      } finally {
        capture.descendants().forEach(ProcessHandle::destroyForcibly);
        capture.destroyForcibly();
      }
      assertThat(err).content().doesNotContain("warning");
    }
    assertThat(data.resolve("state/state.db")).exists();
  }

  /** Those of the image, with another directory as its volume. */
  private static String javaOptions(Path volume) throws IOException {
    Matcher options = JAVA_OPTIONS.matcher(text(DOCKERFILE));
    assertThat(options.find()).isTrue();
    return options.group(1).replace("/var/lib/waltap", volume.toString());
  }

  private static void checkHealth(String port) throws Exception {
    boolean client =
        Files.isExecutable(Path.of("/usr/bin/curl"))
            || Files.isExecutable(Path.of("/usr/bin/wget"));
    if (client) {
      String program = unpacked.home().resolve("libexec/health-check").toString();
      Ended healthy = unpacked.run(Map.of("WALTAP_METRICS_PORT", port), program);
      assertThat(healthy.exit()).as(healthy.err()).isZero();
      assertThat(healthy.out()).contains("\"status\"");
      assertThat(unpacked.run(Map.of("WALTAP_METRICS_PORT", "9"), program).exit()).isEqualTo(1);
    }
  }

  private static Ended run(String[] start, String script, Object... arguments) throws Exception {
    return unpacked.run(Map.of(), line(start, script, arguments));
  }

  private static String[] line(String[] start, String script, Object... arguments) {
    List<String> line = new ArrayList<>(List.of(start));
    line.add(script);
    line.add("sh");
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return line.toArray(String[]::new);
  }

  private static void awaitText(Process process, Path file, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.readString(file).contains(text)) {
      assertThat(process.isAlive()).as(Files.readString(file)).isTrue();
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
