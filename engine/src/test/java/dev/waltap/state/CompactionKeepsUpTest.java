// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.page.PageBuffers;
import dev.waltap.wal.LogKeeper;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One large transaction is compacted as a whole; the log must be kept up with meanwhile. */
class CompactionKeepsUpTest {
  private static final int PAGES = 5000;

  @Test
  void aLargeCompactionKeepsUpWithTheLog(@TempDir Path temp) {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    try (StateLock lock = directory.hold("test");
        StateStore store = StateModel.create(lock)) {
      LogPosition end = StateModel.position(1);
      store.add(
          new JournalEntry(end, 0, PAGES),
          sink -> {
            byte[] image = new PageBuffers(StateModel.PAGE_SIZE).take();
            for (int page = 1; page <= PAGES; page++) {
              sink.put(page, image);
            }
          });
      store.flush();
      store.acknowledge(end.position());
      int[] calls = {0};
      store.compact(Duration.ofMillis(1), () -> calls[0]++);
      assertThat(store.base()).isEqualTo(end);
      // Each page is read from the journal and written to the table.
      assertThat(calls[0]).isGreaterThanOrEqualTo(2 * PAGES / LogKeeper.PAGES);
    }
  }
}
