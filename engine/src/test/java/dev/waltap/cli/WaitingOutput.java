// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Change;
import dev.waltap.output.ClientOutput;
import dev.waltap.output.OutputProvider;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** An output whose server is down: {@code rediss://} in tests. It waits for it until stopped. */
public final class WaitingOutput implements OutputProvider {
  static volatile CountDownLatch waiting = new CountDownLatch(1);

  @Override
  public Set<String> schemes() {
    return Set.of("rediss");
  }

  @Override
  public ClientOutput prepare(OutputRequest request) {
    return new Output();
  }

  private static final class Output implements StreamOutput {
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public StreamStart open(@Nullable SavedStream state) throws IOException, InterruptedException {
      waiting.countDown();
      stopped.await();
      throw new IOException("stopped");
    }

    @Override
    public void handleChanges(List<Change> changes) {}

    @Override
    public void stop() {
      stopped.countDown();
    }

    @Override
    public void close() {}
  }
}
