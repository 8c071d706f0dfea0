// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingTest {
  @TempDir private Path directory = Path.of("");

  private static List<Thread> mappers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> "waltap-map".equals(thread.getName()))
        .toList();
  }

  @Test
  void mapsThatFollowEachOtherShareAThreadThatHasNothingOfTheirs() throws Exception {
    Path path = directory.resolve("file");
    Files.write(path, new byte[100]);
    List<Thread> first = List.of();
    while (first.isEmpty()) { // It may have ended on a busy machine.
      Thread group = new Thread(new ThreadGroup("application"), () -> map(path));
      group.setContextClassLoader(new ClassLoader() {});
      group.start();
      group.join();
      first = mappers();
    }
    for (int i = 0; i < 20; i++) {
      map(path);
    }
    assertThat(mappers()).hasSizeLessThan(20);
    assertThat(first)
        .allSatisfy(
            thread -> {
              assertThat(thread.getContextClassLoader()).isNull();
              assertThat(thread.getThreadGroup().getParent()).isNull();
              assertThat(thread.isDaemon()).isTrue();
            });
  }

  private static void map(Path path) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      Mapping mapping = Mapping.map(file, 0, 100);
      assertThat(mapping.buffer().capacity()).isEqualTo(100);
      mapping.unmap();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
