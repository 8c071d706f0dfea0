// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running fleet's hold on the directory below which its states are: nobody holds the state of a
 * parked member, and still it must not be removed. Fleets that share a directory take turns: what
 * the first one holds, it holds for all. For the fleet's thread.
 */
final class RootLock implements AutoCloseable {
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable Path root;
  private @Nullable StateLock lock;
  private long nextNanos = System.nanoTime();

  /** For states below this directory; null if each is beside its database. */
  RootLock(@Nullable Path root) {
    this.root = root;
  }

  /** Takes it as soon as the directory is there and no other fleet has it. */
  void take(long now) {
    if (root == null || lock != null || now - nextNanos < 0 || !Files.isDirectory(root)) {
      return;
    }
    lock = StateDirectory.at(root).holdBelow("several databases");
    nextNanos = now + AGAIN_NANOS;
  }

  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
  }
}
