// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.TextEncoding;
import dev.waltap.state.DatabaseIdentity.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseIdentityTest {
  @TempDir Path temp;

  private static DatabaseIdentity identity(Path path) throws IOException {
    return DatabaseIdentity.of(path, 4096, TextEncoding.UTF_8, 0);
  }

  @Test
  void theSameFileIsTheSame() throws IOException {
    Path path = Files.createFile(temp.resolve("a.db"));
    DatabaseIdentity saved = identity(path);
    Files.writeString(path, "more");
    assertThat(saved.match(identity(path))).isEqualTo(Match.SAME);
    Path link = Files.createSymbolicLink(temp.resolve("link"), path);
    assertThat(saved.match(identity(link))).isEqualTo(Match.SAME);
  }

  @Test
  void aRestoredFileIsReconciled() throws IOException {
    Path path = Files.createFile(temp.resolve("a.db"));
    DatabaseIdentity saved = identity(path);
    Path backup = Files.createFile(temp.resolve("backup"));
    Files.move(backup, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(saved.match(identity(path))).isEqualTo(Match.REPLACED);
    assertThat(saved.match(DatabaseIdentity.of(path, 4096, TextEncoding.UTF_8, 9)).accepted())
        .isTrue();
  }

  @Test
  void aMovedFileIsAcceptedAndAnotherIsNot() throws IOException {
    Path path = Files.createFile(temp.resolve("a.db"));
    Path other = Files.createFile(temp.resolve("b.db"));
    DatabaseIdentity saved = identity(path);
    assertThat(saved.match(identity(other))).isEqualTo(Match.OTHER);
    assertThat(saved.explain(identity(other))).contains("belongs to " + path.toRealPath());
    Files.move(path, temp.resolve("c.db"));
    assertThat(saved.match(identity(temp.resolve("c.db")))).isEqualTo(Match.MOVED);
  }

  @Test
  void refusesAnotherPageSizeAndFollowsWhatElseMayChange() throws IOException {
    Path path = Files.createFile(temp.resolve("a.db"));
    DatabaseIdentity saved = identity(path);
    DatabaseIdentity larger = DatabaseIdentity.of(path, 8192, TextEncoding.UTF_8, 0);
    assertThat(saved.match(larger)).isEqualTo(Match.CHANGED_FORM);
    assertThat(saved.explain(larger)).contains("4096", "8192", "setup");
    assertThat(saved.match(DatabaseIdentity.of(path, 4096, TextEncoding.UTF_16LE, 7)))
        .isEqualTo(Match.SAME);
  }

  @Test
  void anAcceptedOneIsRemembered() throws IOException {
    Path path = Files.createFile(temp.resolve("a.db"));
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      DatabaseIdentity saved =
          DatabaseIdentity.of(path, StateModel.PAGE_SIZE, TextEncoding.UTF_8, 0);
      Path moved = Files.move(path, temp.resolve("c.db"));
      DatabaseIdentity now =
          DatabaseIdentity.of(moved, StateModel.PAGE_SIZE, TextEncoding.UTF_8, 0);
      try (BaselineWriter writer =
              BaselineWriter.create(lock, saved, StateModel.position(0), true, 7);
          StateStore store = writer.finish()) {
        store.adopt(now);
        DatabaseIdentity other = StateModel.identity(temp.resolve("x"));
        assertThatThrownBy(() -> store.adopt(other)).hasMessageContaining("belongs to");
      }
      try (StateStore store = StateStore.open(lock)) {
        assertThat(store.database()).isEqualTo(now);
      }
    }
  }
}
