// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The options of a connector, and what it makes of them. */
class WaltapSourceConnectorTest {
  private final WaltapSourceConnector connector = new WaltapSourceConnector();

  private List<String> errors(String... options) {
    return connector.validate(map(options)).configValues().stream()
        .flatMap(each -> each.errorMessages().stream())
        .toList();
  }

  private static Map<String, String> map(String... options) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      map.put(options[i], options[i + 1]);
    }
    return map;
  }

  @Test
  void isFoundAsAService() {
    assertThat(ServiceLoader.load(SourceConnector.class))
        .anyMatch(WaltapSourceConnector.class::isInstance);
  }

  @Test
  void everyOptionIsInAGroupAndDocumented() {
    for (ConfigDef.ConfigKey key : connector.config().configKeys().values()) {
      assertThat(key.group).as(key.name).isNotEmpty();
      assertThat(key.documentation).as(key.name).endsWith(".");
    }
    assertThat(connector.config().groups())
        .containsExactly("Databases", "Capture", "Messages", "Delivery");
  }

  @Test
  void aDatabaseThatFitsIsTaken() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(a)");
      assertThat(errors("databases", database.path().toString())).isEmpty();
    }
  }

  @Test
  void whatCannotBeCapturedIsRefusedInWordsAndNotMade() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      Path none = database.directory().resolve("none.db");
      assertThat(errors("databases", none.toString()))
          .containsExactly(
              "Invalid value "
                  + none
                  + " for configuration databases: "
                  + none
                  + ": does not exist, there is nothing to capture: check the path");
      assertThat(none).doesNotExist();
      Path rollback = database.directory().resolve("rollback.db");
      try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + rollback)) {
        TestDatabase.execute(other, "CREATE TABLE t(a)");
      }
      assertThat(errors("databases", rollback.toString()))
          .singleElement()
          .asString()
          .contains("is not in WAL mode")
          .contains("PRAGMA journal_mode=WAL");
      Path text = database.directory().resolve("text.db");
      Files.writeString(text, "no database at all, but long enough for a header".repeat(10));
      assertThat(errors("databases", text.toString())).hasSize(1);
    }
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() throws Exception {
    assertThat(errors()).containsExactly("name the database files, or give a directory");
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(a)");
      String path = database.path().toString();
      assertThat(errors("databases", path, "directory", "/tmp"))
          .containsExactly("give either databases or a directory, not both");
      Path link = database.directory().resolve("other.db");
      Files.createSymbolicLink(link, database.path());
      assertThat(errors("databases", path + "," + link, "source.name", "shop"))
          .singleElement()
          .asString()
          .startsWith("source.name is for one database");
      Path directory = Files.createDirectory(database.directory().resolve("more"));
      Path same = directory.resolve("test.db");
      Files.createSymbolicLink(same, database.path());
      assertThat(errors("databases", path + "," + same))
          .singleElement()
          .asString()
          .contains("are both called test.db");
      assertThat(errors("databases", path, "topic", "a b")).hasSize(1);
      assertThat(errors("databases", path, "snapshot.mode", "sometimes")).hasSize(1);
      assertThat(errors("databases", path, "snapshot.mode", "No_Data")).isEmpty();
      assertThat(errors("directory", "/tmp", "match", "[")).hasSize(1);
    }
  }

  @Test
  void databasesAreDealtOutToTasks() {
    connector.start(map("databases", "/a.db,/b.db,/c.db"));
    assertThat(connector.taskConfigs(2))
        .extracting(each -> each.get(WaltapSourceTask.DATABASES))
        .containsExactly("/a.db\n/c.db", "/b.db");
    assertThat(connector.taskConfigs(9)).hasSize(3);
    connector.stop();
  }

  @Test
  void databasesThatComeToTheDirectoryAreNoticed() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(a)");
      Path directory = database.directory();
      Files.writeString(directory.resolve("readme.txt"), "no database");
      CountDownLatch changed = new CountDownLatch(1);
      connector.initialize(context(changed));
      connector.start(
          map("directory", directory.toString(), "match", "*.db*", "directory.poll.ms", "100"));
      assertThat(connector.taskConfigs(5)).hasSize(1);
      Path other = directory.resolve("other.db");
      try (Connection second = TestDatabase.open(other)) {
        TestDatabase.execute(second, "PRAGMA journal_mode = WAL", "CREATE TABLE t(a)");
        assertThat(changed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(connector.taskConfigs(5))
            .extracting(each -> each.get(WaltapSourceTask.DATABASES))
            .containsExactly(other.toString(), database.path().toString());
      }
      connector.stop();
    }
  }

  private static ConnectorContext context(CountDownLatch changed) {
    return new ConnectorContext() {
      @Override
      public void requestTaskReconfiguration() {
        changed.countDown();
      }

      @Override
      public void raiseError(Exception e) {
        throw new AssertionError(e);
      }

      @Override
      public @Nullable PluginMetrics pluginMetrics() {
        return null;
      }
    };
  }

  @Test
  void exactlyOnceNeedsTransactionsByTheConnector() {
    assertThat(connector.exactlyOnceSupport(map("transaction.boundary", "connector")))
        .isEqualTo(ExactlyOnceSupport.SUPPORTED);
    assertThat(connector.exactlyOnceSupport(map())).isEqualTo(ExactlyOnceSupport.UNSUPPORTED);
    assertThat(connector.canDefineTransactionBoundaries(map()))
        .isEqualTo(ConnectorTransactionBoundaries.SUPPORTED);
  }

  @Test
  void offsetsMayBeRemovedOrSetToWhatOneCanBe() {
    Map<String, ?> partition = Map.of("database", "app.db");
    Map<String, ?> offset =
        Map.of("stream", "5f1c4a0e-3d0b-3f55-9a53-0c3f6d2a7b10", "position", "1:2:3");
    Map<Map<String, ?>, Map<String, ?>> removed = new HashMap<>();
    removed.put(partition, null);
    assertThat(connector.alterOffsets(map(), removed)).isTrue();
    assertThat(connector.alterOffsets(map(), Map.of(partition, offset))).isTrue();
    for (Map<String, ?> wrong :
        List.of(
            Map.of("stream", "x", "position", "1:2:3"),
            Map.of("stream", offset.get("stream"), "position", "1:2"),
            Map.of("position", "1:2:3"))) {
      assertThatThrownBy(() -> connector.alterOffsets(map(), Map.of(partition, wrong)))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("an offset is");
    }
    assertThatThrownBy(() -> connector.alterOffsets(map(), Map.of(Map.of("file", "x"), offset)))
        .hasMessageContaining("a partition is {\"database\": NAME}");
  }
}
