// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateRootTest {
  @TempDir private Path directory = Path.of("");

  private Path stateOf(StateRoot root, String below) {
    Path state = root.of(directory.resolve(below), Path.of(below));
    return state == null ? Path.of("") : state;
  }

  @Test
  void theStateOfADatabaseIsCalledByItsPathBelowTheDirectory() {
    Path root = directory.resolve("states");
    assertThat(stateOf(new StateRoot(root, false), "eu/app.db"))
        .isEqualTo(root.resolve("eu/app.db-waltap"));
  }

  @Test
  void databasesOfTheSameNameHaveStatesOfTheirOwn() {
    StateRoot root = new StateRoot(directory.resolve("states"), false);
    Set<Path> states = new HashSet<>();
    for (String file : List.of("/a/app.db", "/b/app.db", "/a/b/app.db", "/app.db")) {
      Path state = root.of(Path.of(file), null);
      assertThat(state).isNotNull().hasParentRaw(directory.resolve("states").toAbsolutePath());
      states.add(state);
    }
    assertThat(states).hasSize(4);
  }

  @Test
  void noStateIsOutsideOfTheRoot() {
    Path root = directory.resolve("states");
    for (String below : List.of("../app.db", "a/../../app.db", "/etc/app.db", "..", ".")) {
      assertThat(stateOf(new StateRoot(root, false), below)).as(below).startsWithRaw(root);
    }
  }

  @Test
  void withoutARootOnlyWhatSetupMadeCounts() throws Exception {
    StateRoot beside = new StateRoot(null, false);
    Path database = directory.resolve("app.db");
    assertThat(beside.of(database, Path.of("app.db"))).isNull();
    Path state = Files.createDirectory(directory.resolve("app.db-waltap"));
    Files.createFile(state.resolve("state.db"));
    assertThat(beside.of(database, Path.of("app.db"))).isEqualTo(state);
    assertThat(new StateRoot(null, true).of(database, Path.of("app.db"))).isNull();
  }
}
