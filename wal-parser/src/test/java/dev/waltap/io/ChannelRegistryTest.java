// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CountedDatabase;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ChannelRegistryTest {

  @TempDir Path directory;

  @Test
  void oneDescriptorForEachFileWhateverItsPath() throws Exception {
    Path path = Files.write(directory.resolve("a"), new byte[1000]);
    Path link = Files.createSymbolicLink(directory.resolve("b"), path);
    DatabaseFile one = ChannelRegistry.acquireDatabase(path);
    DatabaseFile two = ChannelRegistry.acquireDatabase(link);
    assertThat(two).isSameAs(one);
    one.release();
    two.release();
    assertThat(ChannelRegistry.acquireDatabase(path)).isSameAs(one);
    one.release();
    assertThatThrownBy(one::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readsEndAtTheFilesEnd() throws Exception {
    Path path = Files.write(directory.resolve("a"), new byte[] {1, 2, 3});
    DatabaseFile file = ChannelRegistry.acquireDatabase(path);
    byte[] bytes = new byte[10];
    assertThat(file.read(1, bytes, 4, 6)).isEqualTo(2);
    assertThat(bytes).containsExactly(0, 0, 0, 0, 2, 3, 0, 0, 0, 0);
    assertThat(file.read(3, bytes, 0, 1)).isZero();
    assertThat(file.read(3000, bytes, 0, 1)).isZero();
    assertThat(file.size()).isEqualTo(3);
    file.release();
  }

  @Test
  void knowsAReplacedFile() throws Exception {
    Path path = Files.write(directory.resolve("a"), new byte[100]);
    DatabaseFile file = ChannelRegistry.acquireDatabase(path);
    assertThat(file.isStill(path)).isTrue();
    Files.move(path, directory.resolve("moved"));
    assertThat(file.isStill(path)).isFalse();
    Files.write(path, new byte[100]);
    assertThat(file.isStill(path)).isFalse();
    assertThat(file.isStill(directory.resolve("moved"))).isTrue();
    assertThat(ChannelRegistry.acquireDatabase(path)).isNotSameAs(file);
  }

  @Test
  void refusesWhatIsNoFile() throws Exception {
    assertThatThrownBy(() -> ChannelRegistry.acquireDatabase(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> ChannelRegistry.acquireDatabase(directory))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("not a regular file");
    Path empty = Files.createFile(directory.resolve("x-shm"));
    assertThatThrownBy(() -> ChannelRegistry.acquireSharedMemory(empty))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("empty yet");
  }

  @Test
  void closesSharedMemoryOnlyOnceSqliteUnlinkedIt() throws Exception {
    int before;
    SharedMemory memory;
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), 4096)) {
      memory = ChannelRegistry.acquireSharedMemory(database.shm());
      before = ChannelRegistry.openSharedMemories();
      memory.release();
      assertThat(ChannelRegistry.openSharedMemories()).isEqualTo(before);
      assertThat(ChannelRegistry.acquireSharedMemory(database.shm())).isSameAs(memory);
    }
    assertThat(Files.exists(directory.resolve("a.db-shm"))).isFalse();
    byte[] bytes = new byte[136];
    memory.copy(0, bytes, 0, 136);
    memory.release();
    assertThat(ChannelRegistry.openSharedMemories()).isEqualTo(before - 1);
    assertThatThrownBy(() -> memory.copy(0, bytes, 0, 136))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void findsInTurnWhatSqliteUnlinkedWhenNobodyUsedIt() throws Exception {
    int before = ChannelRegistry.openSharedMemories();
    for (int i = 0; i < 20; i++) {
      try (CountedDatabase database = new CountedDatabase(directory.resolve(i + ".db"), 4096)) {
        ChannelRegistry.acquireSharedMemory(database.shm()).release();
      }
    }
    try (CountedDatabase database = new CountedDatabase(directory.resolve("last.db"), 4096)) {
      for (int i = 0; i < 3; i++) {
        SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
        byte[] bytes = new byte[136];
        memory.copy(0, bytes, 0, 136);
        memory.release();
      }
    }
    assertThat(ChannelRegistry.openSharedMemories()).isLessThanOrEqualTo(before + 1);
  }

  private boolean isClosed(DatabaseFile file) {
    int before = ChannelRegistry.openDatabases();
    ChannelRegistry.closeDeleted();
    boolean closed = ChannelRegistry.openDatabases() < before;
    if (closed) {
      assertThatThrownBy(file::size).isInstanceOf(UncheckedIOException.class);
    } else {
      assertThat(file.size()).isPositive();
    }
    return closed;
  }

  private void closeAllDeleted() {
    ChannelRegistry.closeDeleted(); // Those of other tests.
  }

  /** The locks of a connection that still has a deleted database open are nobody's to drop. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void closesADeletedDatabaseOnlyOnceNoConnectionOfThisProcessHasIt() throws Exception {
    closeAllDeleted();
    DatabaseFile file;
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), 4096)) {
      database.write(1);
      file = ChannelRegistry.acquireDatabase(database.path());
      file.release();
      assertThat(isClosed(file)).as("there").isFalse();
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.delete(Path.of(database.path() + suffix));
      }
      assertThat(isClosed(file)).as("a connection has it").isFalse();
    }
    assertThat(isClosed(file)).isTrue();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void keepsADeletedDatabaseThatIsUsedOrHasAnotherName() throws Exception {
    closeAllDeleted();
    Path path = Files.write(directory.resolve("a"), new byte[100]);
    Path other = Files.createLink(directory.resolve("b"), path);
    DatabaseFile file = ChannelRegistry.acquireDatabase(path);
    Files.delete(path);
    assertThat(isClosed(file)).as("used, and with another name").isFalse();
    file.release();
    assertThat(isClosed(file)).as("with another name").isFalse();
    assertThat(ChannelRegistry.acquireDatabase(other)).isSameAs(file);
    Files.delete(other);
    assertThat(isClosed(file)).as("used").isFalse();
    file.release();
    assertThat(isClosed(file)).isTrue();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void findsDeletedDatabasesWhenOthersAreOpened() throws Exception {
    closeAllDeleted();
    int before = ChannelRegistry.openDatabases();
    for (int i = 0; i < 20; i++) {
      Path path = Files.write(directory.resolve("a" + i), new byte[100]);
      ChannelRegistry.acquireDatabase(path).release();
      Files.delete(path);
    }
    boolean found = false;
    for (int i = 0; i < before + 20 && !found; i++) {
      found = ChannelRegistry.isOneDeleted();
    }
    assertThat(found).as("in turn").isTrue();
    ChannelRegistry.closeDeleted();
    assertThat(ChannelRegistry.openDatabases()).isEqualTo(before);
  }

  @Test
  void unmapsWhatNobodyUsesAndMapsItAgain() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), 4096)) {
      SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
      memory.release();
      byte[] bytes = new byte[136];
      assertThatThrownBy(() -> memory.copy(0, bytes, 0, 136))
          .isInstanceOf(IllegalStateException.class);
      assertThat(ChannelRegistry.acquireSharedMemory(database.shm())).isSameAs(memory);
      memory.copy(0, bytes, 0, 136);
      memory.release();
    }
  }
}
