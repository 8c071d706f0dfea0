// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample of an application that embeds Waltap, outside of the build: it compiles, with all
 * warnings, and runs against the jars that are published, and with no more beside them than they
 * ask for.
 */
@Tag("slow")
class EmbeddingSampleTest {
  private static final Path SAMPLE = Path.of("samples", "embedding");
  private static final String MAIN = "example.embedding.Main";

  private static final List<String> NEEDED =
      List.of("waltap-", "sqlite-jdbc-", "lz4-java-", "jackson-core-");

  @TempDir private Path directory = Path.of("");
  private String jars = "";

  /** As Maven gave them to this test: before they are packaged there are only class files. */
  @BeforeEach
  void findJars() {
    List<Path> found =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> NEEDED.stream().anyMatch(path.getFileName().toString()::startsWith))
            .filter(path -> path.toString().endsWith(".jar"))
            .toList();
    assumeTrue(
        found.stream().anyMatch(path -> path.getFileName().toString().startsWith("waltap-")),
        "nothing is packaged");
    assertThat(found).as("waltap, waltap-wal-parser and what they need").hasSize(5);
    jars = found.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void onTheClassPath() throws Exception {
    Path classes = compile("-cp", source("example/embedding/Main.java"));
    assertRuns("-cp", jars + File.pathSeparator + classes, MAIN);
  }

  @Test
  void onTheModulePath() throws Exception {
    Path classes = compile("-p", source("module-info.java"), source("example/embedding/Main.java"));
    assertRuns("-p", jars + File.pathSeparator + classes, "-m", "example.embedding/" + MAIN);
  }

  private static String source(String name) {
    return SAMPLE.resolve(name).toString();
  }

  private Path compile(String kindOfPath, String... sources) {
    Path classes = directory.resolve("classes");
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes.toString(), "-Xlint:all", "-Werror"));
    arguments.addAll(List.of(kindOfPath, jars));
    arguments.addAll(List.of(sources));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
    int exit = compiler.run(writer, writer, arguments.toArray(String[]::new));
    assertThat(exit).as(said.toString()).isZero();
    return classes;
  }

  private void assertRuns(String... line) throws Exception {
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java") + ""));
    command.addAll(List.of(line));
    command.add(directory.resolve("app.db").toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    assertThat(Files.readAllLines(out))
        .containsExactly(
            "DELETE {id=1}",
            "INSERT {id=1, name=Ada, active=1} active",
            "UPDATE {id=1, name=Ada, active=0}",
            "REFUSED, again: false");
    assertThat(Files.readString(err)).contains("app.db: ready");
  }
}
