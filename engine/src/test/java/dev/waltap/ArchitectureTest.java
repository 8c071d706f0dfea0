// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Data flows one way: each package imports only what comes before it. */
class ArchitectureTest {

  private static final List<String> PARSER =
      List.of("format", "record", "io", "wal", "page", "history", "btree", "snapshot", "diff");

  /** What a session, and those who run one, may import. */
  private static final List<String> SESSION =
      and(
          PARSER, "api", "host", "sqlite", "schema", "state", "attach", "decode", "deliver",
          "follow", "memory");

  private static final List<String> CAPTURE = and(SESSION, "session", "wake");

  private static final String[] OUTPUTS = {
    "handler", "json", "file", "http", "listen", "changeset", "message", "output"
  };

  /** What each package may import, beside itself and what is not ours. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("api", List.of("format", "record", "io")),
          Map.entry("host", List.of("io")),
          Map.entry("sqlite", List.of("api", "host", "io")),
          Map.entry("schema", and(PARSER, "api", "sqlite")),
          Map.entry("state", and(PARSER, "api", "host", "sqlite", "schema")),
          Map.entry("memory", List.of("page")),
          Map.entry("wake", List.of("api", "host", "io")),
          Map.entry("attach", and(PARSER, "api", "host", "sqlite", "state")),
          Map.entry("decode", and(PARSER, "api", "schema")),
          Map.entry("deliver", List.of("page", "api", "host", "decode")),
          Map.entry("follow", and(PARSER, "api", "host", "attach", "decode", "deliver")),
          Map.entry("session", and(SESSION, "wake")),
          Map.entry("capture", CAPTURE),
          Map.entry("inspect", and(PARSER, "api", "host", "schema", "state", "attach", "decode")),
          Map.entry("micrometer", List.of("api")),
          Map.entry("text", List.of("api", "record")),
          Map.entry("live", List.of("api", "text")),
          Map.entry("monitor", List.of("api", "host", "deliver", "micrometer", "live", "text")),
          Map.entry("config", List.of()),
          Map.entry("handler", List.of("text")),
          Map.entry("json", List.of("api", "format", "record")),
          Map.entry("file", List.of("api", "io", "handler", "json")),
          Map.entry("http", List.of("api", "io", "handler", "json")),
          Map.entry("message", and(PARSER, "api", "sqlite", "schema", "json", "file", "http")),
          Map.entry("listen", List.of("api", "host")),
          Map.entry(
              "changeset", List.of("api", "format", "record", "io", "schema", "handler", "json")),
          Map.entry("output", and(CAPTURE, "capture", "handler", "message", "")),
          Map.entry(
              "fleet",
              List.of(
                  "api", "host", "io", "sqlite", "state", "attach", "wake", "capture", "handler",
                  "text")),
          Map.entry("", and(CAPTURE, "capture", "handler", "fleet")),
          Map.entry("demo", List.of("api", "host", "sqlite", "json", "file", "text")),
          Map.entry(
              "cli",
              and(
                  and(
                      CAPTURE, "capture", "config", "inspect", "", "demo", "fleet", "live",
                      "monitor", "text"),
                  OUTPUTS)));

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.waltap");

  @Test
  void packagesImportOnlyWhatStandsBeforeThem() {
    MAY_IMPORT.forEach(
        (name, others) -> {
          List<String> allowed = and(others, name).stream().map(ArchitectureTest::full).toList();
          ArchRuleDefinition.noClasses()
              .that()
              .resideInAPackage(full(name))
              .should()
              .dependOnClassesThat(oursOutside(allowed))
              .allowEmptyShould(true)
              .check(classes);
        });
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.waltap.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    try (Stream<Path> paths = Files.walk(Path.of("src/main/java"))) {
      List<Path> mute =
          paths
              .filter(path -> path.toString().endsWith(".java"))
              .filter(path -> !path.endsWith("module-info.java"))
              .map(Path::getParent)
              .distinct()
              .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
              .toList();
      assertThat(mute).isEmpty();
    }
  }

  private static DescribedPredicate<JavaClass> oursOutside(List<String> allowed) {
    return DescribedPredicate.describe(
        "are ours, outside of " + allowed,
        type -> {
          String name = type.getPackageName();
          return (name.equals("dev.waltap") || name.startsWith("dev.waltap."))
              && !allowed.contains(name);
        });
  }

  private static String full(String name) {
    return name.isEmpty() ? "dev.waltap" : "dev.waltap." + name;
  }

  private static List<String> and(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }
}
