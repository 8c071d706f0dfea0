// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What {@code status} says to people, to tools, and to what watches a capture. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class StatusCliTest extends DurableFixture {

  private Path printed = Path.of("");

  private int status(String... more) throws Exception {
    printed = database.directory().resolve("status.txt");
    Files.deleteIfExists(printed);
    List<String> arguments = new ArrayList<>(List.of("status", database.path().toString()));
    arguments.addAll(List.of(more));
    List<String> prefix = List.of("sh", "-c", "exec \"$@\" > " + printed, "sh");
    try (CaptureProcess process = CaptureProcess.start(errors, "64m", prefix, arguments)) {
      return process.await(LIMIT);
    }
  }

  private String printed() throws IOException {
    return Files.readString(printed);
  }

  /** Asks for the status as JSON, which SQLite reads. */
  private Json json() throws Exception {
    assertThat(status("--format", "json")).as(errors()).isZero();
    assertThat(printed()).endsWith("}\n");
    return new Json(printed());
  }

  private final class Json {
    private final String text;

    Json(String text) {
      this.text = text;
    }

    /** A value of it, by SQLite's path. */
    @Nullable Object at(String path) throws SQLException {
      try (PreparedStatement select = writer.prepareStatement("SELECT json_extract(?, ?)")) {
        select.setString(1, text);
        select.setString(2, "$." + path);
        try (ResultSet row = select.executeQuery()) {
          return row.getObject(1);
        }
      }
    }

    long number(String path) throws SQLException {
      return ((Number) Objects.requireNonNull(at(path))).longValue();
    }

    double seconds() throws SQLException {
      return ((Number) Objects.requireNonNull(at("behind.seconds"))).doubleValue();
    }
  }

  @Test
  void saysHowFarBehindTheStateIs() throws Exception {
    assertThat(run("setup")).isZero();
    Json fresh = json();
    assertThat(fresh.number("behind.transactions")).isZero();
    assertThat(fresh.seconds()).isZero();
    assertThat(fresh.at("database")).isEqualTo(database.path().toRealPath().toString());
    assertThat(fresh.at("holder")).isNull();

    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')", "INSERT INTO a VALUES(3, 'x')");
    Json behind = json();
    assertThat(behind.at("behind.log")).isEqualTo("continues");
    assertThat(behind.number("behind.transactions")).isEqualTo(2);
    assertThat(behind.number("behind.wal_transactions")).isEqualTo(2);
    assertThat(behind.number("behind.wal_bytes"))
        .isEqualTo(behind.number("behind.wal_frames") * (4096 + 24));
    assertThat(behind.seconds()).isPositive();
    assertThat(status()).isZero();
    assertThat(printed()).contains("2 transactions in the WAL", "to be emitted one by one");

    assertThat(once()).isZero();
    Json delivered = json();
    assertThat(delivered.number("behind.transactions")).isZero();
    assertThat(delivered.at("position")).isNotNull();
    assertThat(lines().get(0)).contains(String.valueOf(delivered.at("stream")));
  }

  @Test
  void exitsWithOneWhenACaptureIsLate() throws Exception {
    assertThat(run("setup")).isZero();
    assertThat(status("--max-lag", "0", "--quiet")).isZero();
    assertThat(printed() + errors()).isEmpty();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    assertThat(status("--max-lag", "1")).isZero();
    assertThat(status("--max-lag", "1h")).isZero();
    assertThat(status("--max-lag", "0", "--quiet")).isEqualTo(1);
    assertThat(printed()).isEmpty();
    assertThat(errors())
        .contains("behind by more than --max-lag 0", "1 transaction in the WAL", "no capture runs");
    assertThat(errors().lines()).hasSize(1);
    assertThat(status("--max-lag", "0s")).isEqualTo(1);
    assertThat(errors()).contains("undelivered for");
    // What can't be counted is late as well.
    TestDatabase.execute(writer, "PRAGMA wal_checkpoint(RESTART)", "INSERT INTO a VALUES(3, 'x')");
    assertThat(status("--max-lag", "1000000")).isEqualTo(1);
    assertThat(errors()).contains("the WAL was reused since");
    assertThat(status("--max-lag", "soon")).isEqualTo(2);
    assertThat(errors()).contains("'soon' is no lag");
  }

  /** The WAL goes with the last connection, and with it what would say what was committed. */
  @Test
  void whatWasWrittenWithoutAWalIsNotKnown() throws Exception {
    assertThat(run("setup")).isZero();
    writer.close();
    assertThat(database.path().resolveSibling("test.db-wal")).doesNotExist();
    Instant now = Instant.now();
    Files.setLastModifiedTime(database.path(), FileTime.from(now.minusSeconds(60)));
    assertThat(status("--max-lag", "0")).isZero();
    assertThat(printed()).contains("nothing was written since");
    Files.setLastModifiedTime(database.path(), FileTime.from(now.plusSeconds(60)));
    assertThat(status("--max-lag", "1000000", "--quiet")).isEqualTo(1);
    assertThat(errors()).contains("not known: there is no WAL");
    status("--format", "json");
    assertThat(printed()).contains("\"log\":\"no_wal\",\"transactions\":null");
  }

  @Test
  void saysWhatTheHandlerHasNotTaken() throws Exception {
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')", "INSERT INTO a VALUES(3, 'x')");
    // Nobody listens there: both are journalled, and neither is delivered.
    assertThat(run("cdc", "--once", "--output", "http://127.0.0.1:9/", "--max-retries", "0"))
        .isEqualTo(1);
    Json status = json();
    assertThat(status.number("behind.journal_transactions")).isEqualTo(2);
    assertThat(status.number("behind.transactions")).isEqualTo(2);
    assertThat(status.seconds()).isPositive();
    assertThat(status("--max-lag", "1", "--quiet")).isEqualTo(1);
    assertThat(errors()).contains("2 transactions in the journal");
  }

  @Test
  void saysWhoKeepsTheWal() throws Exception {
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    try (Connection reader = database.open()) {
      TestDatabase.execute(reader, "BEGIN");
      assertThat(TestDatabase.number(reader, "SELECT count(*) FROM a")).isEqualTo(2);
      Json readers = json();
      assertThat(readers.number("wal.readers[0].process")).isEqualTo(ProcessHandle.current().pid());
      assertThat(readers.number("wal.readers[0].frame")).isPositive();
      assertThat(readers.at("wal.readers[1]")).isNull();
      assertThat(status()).isZero();
      assertThat(printed())
          .contains("WAL kept by:", "process " + ProcessHandle.current().pid(), "up to frame");
      TestDatabase.execute(reader, "COMMIT");
    }
    assertThat(json().at("wal.readers")).isEqualTo("[]");
  }

  /** A capture's format in the environment is not meant for it. */
  @Test
  void takesItsFormatFromTheCommandLineAlone() throws Exception {
    assertThat(run("setup")).isZero();
    Path config = database.directory().resolve("waltap.properties");
    Files.writeString(config, "format=json\n");
    assertThat(status("--config", config.toString())).isZero();
    assertThat(printed()).startsWith("state:");
  }
}
