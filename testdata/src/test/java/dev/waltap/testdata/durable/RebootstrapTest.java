// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A consumer that holds tables from before a bootstrap learns which of them are gone. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class RebootstrapTest extends DurableFixture {

  private int bootstrap(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("--once", "--state", state().toString(), "--output"));
    arguments.add(output.toString());
    arguments.addAll(List.of(more));
    return run("bootstrap-and-cdc", arguments.toArray(new String[0]));
  }

  @Test
  void emitsATableThatWasDroppedBefore() throws Exception {
    assertThat(bootstrap()).isZero();
    emitted();
    TestDatabase.execute(writer, "DROP TABLE b", "CREATE TABLE c(id INTEGER PRIMARY KEY)");
    assertThat(bootstrap("--rebootstrap")).isZero();
    int first = lines().size() - 6;
    assertThat(emitted())
        .containsExactly(
            "b SCHEMA", "a SCHEMA", "a BOOTSTRAP", "a INSERT 1", "c SCHEMA", "c BOOTSTRAP");
    assertThat(lines().get(first))
        .contains("\"before\":{\"name\":\"b\",\"sql\":\"CREATE TABLE b(")
        .contains("\"after\":null", "\"key\":null");
    String transaction = "\"transaction\":{\"id\":\"";
    assertThat(lines().subList(first, first + 6))
        .extracting(line -> line.substring(line.indexOf(transaction)).split("\"", -1)[5])
        .as("all of one transaction")
        .containsOnly(lines().get(first).replaceAll(".*\"id\":\"([0-9:]*)\",\"index\":0.*", "$1"));
    assertThat(bootstrap("--rebootstrap")).isZero();
    assertThat(emitted()).doesNotContain("b SCHEMA").contains("c SCHEMA");
  }

  @Test
  void emitsATableThatIsGoneAfterAGap() throws Exception {
    assertThat(bootstrap()).isZero();
    emitted();
    TestDatabase.execute(
        writer,
        "ALTER TABLE b RENAME TO d",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "INSERT INTO a VALUES(2, 'x')",
        "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(bootstrap("--on-gap", "bootstrap")).isZero();
    assertThat(emitted()).startsWith("b SCHEMA", "a SCHEMA", "a BOOTSTRAP").contains("d BOOTSTRAP");
  }

  /**
   * What was emitted before the interrupted bootstrap is known only from what that one has saved.
   */
  @Test
  void emitsItAgainWhenTheBootstrapWasInterrupted() throws Exception {
    assertThat(bootstrap()).isZero();
    emitted();
    TestDatabase.execute(writer, "DROP TABLE b", "CREATE TABLE c(id INTEGER PRIMARY KEY)");
    String nobody = "http://127.0.0.1:1/";
    for (String table : List.of("c", "none_such")) {
      assertThat(
              run(
                  "bootstrap-and-cdc",
                  "--once",
                  "--rebootstrap",
                  "--output",
                  nobody,
                  "--max-retries",
                  "0"))
          .isEqualTo(1);
      TestDatabase.execute(writer, "DROP TABLE IF EXISTS " + table);
    }
    assertThat(bootstrap()).isZero();
    assertThat(emitted())
        .containsExactly("b SCHEMA", "c SCHEMA", "a SCHEMA", "a BOOTSTRAP", "a INSERT 1");
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    assertThat(bootstrap()).isZero();
    assertThat(emitted()).containsExactly("a INSERT 2");
  }

  @Test
  void emitsNothingForTablesThatNobodyHolds() throws Exception {
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "DROP TABLE b");
    assertThat(bootstrap()).isZero();
    assertThat(emitted()).containsExactly("a SCHEMA", "a BOOTSTRAP", "a INSERT 1");
    TestDatabase.execute(writer, "CREATE TABLE e(id INTEGER PRIMARY KEY)", "DROP TABLE e");
    assertThat(bootstrap("--exclude-table", "a", "--rebootstrap")).isZero();
    assertThat(emitted()).doesNotContain("a SCHEMA", "b SCHEMA");
  }
}
