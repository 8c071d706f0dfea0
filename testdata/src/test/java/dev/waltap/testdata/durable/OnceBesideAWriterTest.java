// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateStatus;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A capture that is to catch up once ends beside a writer that never rests. */
@Timeout(120)
class OnceBesideAWriterTest {

  @Test
  void emitsWhatWasCommittedToALogThatIsGone() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      try (Connection connection = database.open()) {
        TestDatabase.execute(connection, "CREATE TABLE seen(id INTEGER PRIMARY KEY)");
      }
      Path state = database.directory().resolve("state");
      try (ChangeDataCapture capture =
          Waltap.open(database.path()).stateDirectory(state).handler(changes -> {}).build()) {
        capture.setup();
      }
      for (int id = 1; id <= 2; id++) {
        try (Connection connection = database.open()) {
          TestDatabase.execute(connection, "INSERT INTO seen VALUES(" + id + ")");
        }
        assertThat(Path.of(database.path() + "-wal")).doesNotExist();
        List<String> emitted = new ArrayList<>();
        try (ChangeDataCapture capture =
            Waltap.open(database.path())
                .stateDirectory(state)
                .once(true)
                .handler(changes -> changes.forEach(change -> emitted.add(change.key() + "")))
                .build()) {
          capture.cdc();
        }
        assertThat(emitted).singleElement().asString().contains("" + id);
      }
    }
  }

  @Test
  void endsWithWhatWasCommittedWhenItStarted() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      TestDatabase.execute(
          connection, "PRAGMA synchronous = OFF", "CREATE TABLE seen(id INTEGER PRIMARY KEY)");
      Path state = database.directory().resolve("state");
      try (ChangeDataCapture capture =
          Waltap.open(database.path()).stateDirectory(state).handler(changes -> {}).build()) {
        capture.setup();
      }
      WriterOptions options = WriterOptions.DEFAULT.with("--transactions", "100000000");
      try (WriterProcess writer = WriterProcess.start(database.path(), options)) {
        for (int id = 1; id <= 5; id++) {
          TestDatabase.execute(
              connection, "PRAGMA busy_timeout = 10000", "INSERT INTO seen VALUES(" + id + ")");
          List<Change> got = Collections.synchronizedList(new ArrayList<>());
          try (ChangeDataCapture capture =
              Waltap.open(database.path())
                  .stateDirectory(state)
                  .handler(got::addAll)
                  .once(true)
                  .build()) {
            capture.cdc();
          }
          assertThat(got.stream().filter(change -> change.table().equals("seen")))
              .as("what was committed before it began, run %d", id)
              .hasSize(1);
        }
        assertThat(writer.isAlive()).isTrue();
      }
    }
  }

  @Test
  void runsTooShortToCompactTheirJournalLeaveNoGrowingOne() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      TestDatabase.execute(connection, "CREATE TABLE seen(id INTEGER PRIMARY KEY)");
      StateDirectory state = StateDirectory.at(database.directory().resolve("state"));
      for (int id = 1; id <= 50; id++) {
        try (ChangeDataCapture capture =
            Waltap.open(database.path())
                .stateDirectory(state.path())
                .once(true)
                .handler(changes -> {})
                .build()) {
          capture.setup();
          TestDatabase.execute(connection, "INSERT INTO seen VALUES(" + id + ")");
          capture.cdc();
        }
      }
      // Sixteen are left for a later run to compact, and not one more for each.
      assertThat(StateStatus.of(state).journalEntries()).isLessThanOrEqualTo(17);
    }
  }
}
