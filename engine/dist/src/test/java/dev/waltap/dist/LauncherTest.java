// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.dist.Unpacked.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher makes of its surroundings, seen by a java that only says how it was called. */
class LauncherTest {

  @TempDir private static Path directory = Path.of("");
  private static Unpacked unpacked;

  @TempDir private Path java = Path.of("");

  @BeforeAll
  static void unpack() throws Exception {
    unpacked = Unpacked.into(directory);
  }

  @BeforeEach
  void pretendToBeJava() throws IOException {
    pretend("#!/bin/sh\nfor each; do printf '%s\\n' \"$each\"; done\nexit 7\n");
    release("JAVA_VERSION=\"17.0.9\"", "OS_NAME=\"Linux\"", "OS_ARCH=\"x86_64\"", "LIBC=\"gnu\"");
  }

  private void pretend(String script) throws IOException {
    Path program = Files.createDirectories(java.resolve("bin")).resolve("java");
    Files.writeString(program, script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void release(String... lines) throws IOException {
    Files.write(java.resolve("release"), List.of(lines));
  }

  private Ended launch(Map<String, String> environment, String... arguments) throws Exception {
    Map<String, String> all = new HashMap<>(Map.of("JAVA_HOME", java.toString()));
    all.putAll(environment);
    String[] line = new String[arguments.length + 1];
    line[0] = unpacked.waltap();
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return unpacked.run(all, line);
  }

  @Test
  void handsArgumentsOnAsTheyAreAndReturnsTheExitCode() throws Exception {
    Ended ended = launch(Map.of(), "cdc", "my app.db", "--table", "*", "", "a\"b'c$d\\e");
    assertThat(ended.exit()).isEqualTo(7);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out())
        .endsWith(
            "\n-jar\n"
                + unpacked.home().resolve("lib/waltap.jar")
                + "\ncdc\nmy app.db\n--table\n*\n\na\"b'c$d\\e\n");
  }

  @Test
  void ownOptionsForTheJvmComeLast() throws Exception {
    Ended ended = launch(Map.of("WALTAP_JAVA_OPTS", "-Xmx2g -Da=*"), "cdc");
    assertThat(ended.out()).contains("\n-Xmx2g\n-Da=*\n-jar\n");
    assertThat(ended.out().lines().filter(line -> line.startsWith("-Xmx")).toList())
        .hasSize(2)
        .endsWith("-Xmx2g");
  }

  @Test
  void compilesABootstrapWellAndTheRestQuickly() throws Exception {
    assertThat(launch(Map.of(), "bootstrap").out()).doesNotContain("TieredStopAtLevel");
    assertThat(launch(Map.of(), "setup").out()).contains("-XX:TieredStopAtLevel=1\n");
    assertThat(launch(Map.of(), "cdc").out()).contains("-XX:TieredStopAtLevel=1\n");
    assertThat(launch(Map.of()).out()).contains("-XX:TieredStopAtLevel=1\n");
  }

  @Test
  void findsTheNativeLibraryOfThePlatformOrLeavesItToTheDriver() throws Exception {
    String at = "-Dorg.sqlite.lib.path=" + unpacked.home() + "/lib/native/";
    assertThat(launch(Map.of()).out()).contains(at + "Linux-x86_64\n");
    release("JAVA_VERSION=\"21\"", "OS_NAME=\"Linux\"", "OS_ARCH=\"aarch64\"", "LIBC=\"musl\"");
    assertThat(launch(Map.of()).out()).contains(at + "Linux-aarch64-musl\n");
    release("JAVA_VERSION=\"21\"", "OS_NAME=\"Darwin\"", "OS_ARCH=\"aarch64\"");
    assertThat(launch(Map.of()).out()).contains("-jar").doesNotContain("org.sqlite");
  }

  @Test
  void takesTheJavaOfThePathByWayOfLinksWhereNoHomeIsSet() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("path"));
    Files.deleteIfExists(bin.resolve("java"));
    Files.createSymbolicLink(bin.resolve("java"), java.resolve("bin/java"));
    Ended ended = launch(Map.of("JAVA_HOME", "", "PATH", bin + ":/usr/bin:/bin"), "--help");
    assertThat(ended.exit()).isEqualTo(7);
    assertThat(ended.out()).contains("Linux-x86_64").endsWith("--help\n");
  }

  @Test
  void runsThroughRelativeAndAbsoluteLinks() throws Exception {
    Path links = Files.createDirectories(directory.resolve("a link's place"));
    Path absolute = links.resolve("absolute");
    Files.deleteIfExists(absolute);
    Files.createSymbolicLink(absolute, Path.of(unpacked.waltap()));
    Path relative = links.resolve("waltap");
    Files.deleteIfExists(relative);
    Files.createSymbolicLink(relative, Path.of("absolute"));
    Map<String, String> environment =
        Map.of("JAVA_HOME", java.toString(), "PATH", links + ":/usr/bin:/bin");
    Ended asPath = unpacked.run(environment, relative.toString(), "x");
    Ended asName = unpacked.run(environment, "sh", "-c", "waltap x");
    assertThat(asPath.out()).contains(unpacked.home() + "/lib/waltap.jar\nx\n");
    assertThat(asName).isEqualTo(asPath);
  }

  @Test
  void saysInOneLineWhatIsWrongWithJava() throws Exception {
    Ended noHome = launch(Map.of("JAVA_HOME", "/nowhere/jdk"), "cdc");
    refused(noHome, "JAVA_HOME is /nowhere/jdk");
    Path empty = Files.createDirectories(directory.resolve("empty"));
    refused(launch(Map.of("JAVA_HOME", "", "PATH", empty.toString())), "no java on the PATH");
    release("JAVA_VERSION=\"11.0.2\"");
    refused(launch(Map.of(), "cdc"), "is Java 11.0.2, and Waltap needs 17 or newer");
    Files.delete(java.resolve("release"));
    pretend("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n");
    refused(launch(Map.of(), "cdc"), "is Java 1.8.0_392, and Waltap needs 17 or newer");
    pretend("#!/bin/sh\necho hello\n");
    refused(launch(Map.of(), "cdc"), "does not say its version");
  }

  private static void refused(Ended ended, String why) {
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).matches("waltap: [^\\n]*\\n").contains(why);
  }
}
