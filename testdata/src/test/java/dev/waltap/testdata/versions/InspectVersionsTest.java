// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.inspect.PageImage;
import dev.waltap.inspect.WalInspection;
import dev.waltap.inspect.WalTotals;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.wal.ChainEnd;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copied pairs that other versions of SQLite wrote are inspected, whole and torn. */
@Tag("slow")
@Timeout(120)
class InspectVersionsTest {
  private static final Path JARS = Path.of("target", "versions");

  /** Takes the changes as text. */
  private static final class Changes implements WalInspection.Sink {
    private final List<String> texts = new ArrayList<>();

    @Override
    public void summary(WalInspection.@Nullable Summary summary) {}

    @Override
    public void change(Change change) {
      texts.add(change.toString().substring(change.toString().indexOf(' ') + 1));
    }

    @Override
    public void transaction(WalInspection.Transaction transaction) {}

    @Override
    public void undecodable(String why) {
      texts.add(why);
    }
  }

  private static void copy(TestDatabase database, String version, Path copy) throws Exception {
    SqliteBuild build = Builds.named(JARS, version);
    try (Writers writers = new Writers(build, database.directory())) {
      writers.get(0).open(0, database.path());
      writers
          .get(0)
          .sql(
              0,
              List.of(
                  "CREATE TABLE u(id INTEGER PRIMARY KEY, n TEXT)",
                  "CREATE INDEX u_n ON u(n)",
                  "INSERT INTO u VALUES(1, 'Ada')",
                  "UPDATE u SET n = 'Eve'"));
      writers.sync();
      // What a driver's logging says of itself comes by the same way.
      assertThat(writers.refused().keySet()).allMatch(line -> line.startsWith("SLF4J"));
      Files.copy(database.path(), copy);
      Files.copy(Path.of(database.path() + "-wal"), Path.of(copy + "-wal"));
    }
  }

  private static WalTotals totals(Path copy) throws Exception {
    WalTotals totals = new WalTotals();
    try (WalInspection inspection = WalInspection.open(copy)) {
      inspection.describe(totals);
    }
    return totals;
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.7.2", "3.8.11.2", "3.40.1.0", "3.50.1.0", "3.54.1.0"})
  void inspectsWhatOtherVersionsWrote(String version) throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      Path copy = database.directory().resolve("copy.db");
      copy(database, version, copy);
      WalTotals totals = totals(copy);
      long all = totals.transactions();
      assertThat(all).isGreaterThanOrEqualTo(4);
      assertThat(totals.kept()).isEqualTo(all);
      assertThat(totals.undecodable()).isNull();
      WalTotals.Table users =
          totals.tables().stream().filter(t -> t.name().equals("u")).findFirst().orElseThrow();
      assertThat(users.inserted()).isEqualTo(1);
      assertThat(users.updated()).isEqualTo(1);
      // Old versions repeat the last frame of a commit, to the end of a sector.
      assertThat(users.indexFrames()).isGreaterThanOrEqualTo(3);
      Changes changes = new Changes();
      try (WalInspection inspection = WalInspection.open(copy)) {
        inspection.describe(changes);
        assertThat(inspection.page(1).fields())
            .extracting(PageImage.Field::name)
            .contains("magic", "SQLite version", "cells");
      }
      assertThat(changes.texts)
          .contains(
              "u INSERT {id=1} after {id=1, n=Ada}",
              "u UPDATE {id=1} before {id=1, n=Ada} after {id=1, n=Eve}");
      try (RandomAccessFile wal = new RandomAccessFile(copy + "-wal", "rw")) {
        wal.setLength(wal.length() - 10);
      }
      WalTotals torn = totals(copy);
      assertThat(torn.transactions()).isEqualTo(all - 1);
      assertThat(torn.summary()).isNotNull();
      assertThat(torn.summary().recovery().end()).isEqualTo(ChainEnd.CUT_OFF);
    }
  }
}
