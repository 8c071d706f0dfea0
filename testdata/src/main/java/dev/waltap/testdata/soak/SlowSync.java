// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Makes syncs of other processes take longer, by a library that is built here and loaded first. */
final class SlowSync {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <unistd.h>
      typedef int (*sync_t)(int);
      int fsync(int fd) { usleep(DELAY); return ((sync_t) dlsym(RTLD_NEXT, "fsync"))(fd); }
      int fdatasync(int fd) { usleep(DELAY); return ((sync_t) dlsym(RTLD_NEXT, "fdatasync"))(fd); }
      """;

  private SlowSync() {}

  /**
   * What to start a process by, so that its syncs take so much longer; nothing for 0.
   *
   * @param directory where the library may be built
   * @throws IOException if there is no C compiler
   */
  static List<String> command(Path directory, double millis) throws IOException {
    if (millis <= 0) {
      return List.of();
    }
    Path source = Files.writeString(directory.resolve("slowsync.c"), SOURCE);
    Path library = directory.resolve("slowsync.so");
    String delay = String.format(Locale.ROOT, "-DDELAY=%d", Math.round(millis * 1000));
    List<String> compile =
        List.of("cc", "-shared", "-fPIC", delay, "-o", library.toString(), source.toString());
    try {
      if (new ProcessBuilder(compile).inheritIO().start().waitFor() != 0) {
        throw new IOException("the C compiler failed on " + source);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return List.of("env", "LD_PRELOAD=" + library);
  }
}
