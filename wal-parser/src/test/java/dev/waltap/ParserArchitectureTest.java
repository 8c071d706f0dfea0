// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each package imports only what comes before it, and none knows a database connection. */
class ParserArchitectureTest {

  private static final List<String> ORDER =
      Stream.of("format", "record", "io", "wal", "page", "history", "btree", "snapshot", "diff")
          .map(name -> "dev.waltap." + name)
          .toList();

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.waltap");

  @Test
  void packagesImportOnlyWhatStandsBeforeThem() {
    for (int i = 0; i < ORDER.size() - 1; i++) {
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage(ORDER.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ORDER.subList(i + 1, ORDER.size()).toArray(String[]::new))
          .allowEmptyShould(true)
          .check(classes);
    }
  }

  @Test
  void nothingStandsBesideThem() {
    ArchRuleDefinition.classes()
        .should()
        .resideInAnyPackage(ORDER.toArray(String[]::new))
        .check(classes);
  }

  @Test
  void bytesAreAllItKnows() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
        .check(classes);
  }

  @Test
  void theEngineMayUseAllOfThem() throws IOException {
    String module = Files.readString(Path.of("src/main/java/module-info.java"));
    assertThat(ORDER).allSatisfy(name -> assertThat(module).contains("exports " + name + " to"));
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
}
