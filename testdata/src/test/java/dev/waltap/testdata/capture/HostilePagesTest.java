// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.format.Bytes;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.mutation.ForgedCommit;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Commits that no SQLite makes: what it reads is emitted, the rest ends capture in its words. */
class HostilePagesTest {
  private static final int PAGE = 4096;

  /** Never closed: that would drop the locks of the SQLite connections of this process. */
  private static final List<ForgedCommit> COMMITS = new ArrayList<>();

  private final BlockingQueue<String> emitted = new LinkedBlockingQueue<>();

  /** Captures while pages are committed; what ended it, if that is not the test. */
  private Throwable capture(Map<Integer, byte[]> pages, int size, boolean untilEmitted)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(PAGE, "UTF-8");
        Connection writer = database.open()) {
      TestDatabase.execute(
          writer,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b DEFAULT 7)",
          "INSERT INTO t VALUES(1, 2, 3)");
      CountDownLatch ready = new CountDownLatch(1);
      CompletableFuture<Throwable> end = new CompletableFuture<>();
      ChangeDataCapture capture =
          Waltap.open(database.path())
              .handler(batch -> batch.forEach(change -> emitted.add(String.valueOf(change))))
              .listener(
                  new CaptureListener() {
                    @Override
                    public void ready() {
                      ready.countDown();
                    }
                  })
              .build();
      Thread thread =
          new Thread(
              () -> {
                try {
                  capture.cdc();
                  end.complete(new AssertionError("ended by itself"));
                } catch (Throwable e) {
                  end.complete(e);
                }
              },
              "capture");
      thread.start();
      try {
        assertThat(ready.await(1, TimeUnit.MINUTES)).isTrue();
        ForgedCommit forged = new ForgedCommit(database.path());
        COMMITS.add(forged);
        forged.commit(new TreeMap<>(pages), size, PAGE);
        if (untilEmitted) {
          String change = emitted.poll(1, TimeUnit.MINUTES);
          assertThat(change).isNotNull();
          emitted.add(change);
          return new AssertionError("runs");
        }
        return end.get(1, TimeUnit.MINUTES);
      } finally {
        capture.close();
        thread.join();
      }
    }
  }

  private void assertEndsNaming(Map<Integer, byte[]> pages, int size, String... words)
      throws Exception {
    assertThat(capture(pages, size, false))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("table t (root page 2)")
        .hasMessageContaining("PRAGMA integrity_check")
        .hasMessageContainingAll(words);
    assertThat(emitted).isEmpty();
  }

  @Test
  void endsAtAnOverflowChainThatLeadsToItsOwnRoot() throws Exception {
    byte[] cell = cell(5000, 1, 2);
    assertEndsNaming(Map.of(2, leaf(cell)), 4, "page 2 leads to page");
  }

  @Test
  void endsAtAGraphOfPagesThatIsNoTreeInBoundedTime() throws Exception {
    Map<Integer, byte[]> pages = new TreeMap<>();
    int[] numbers = {2, 10, 11, 12, 13, 14, 15, 16, 17};
    for (int i = 0; i < numbers.length - 1; i++) {
      pages.put(numbers[i], interior(numbers[i + 1], 200));
    }
    pages.put(17, leaf());
    assertEndsNaming(pages, 20, "leads to page 17, which something else leads to as well");
  }

  @Test
  void endsAtPagesBeyondTheDatabase() throws Exception {
    assertEndsNaming(Map.of(2, interior(-2, 1)), 4, "page 2 leads to page 4294967294 of 4");
  }

  @Test
  void endsAtThePageOfTheSchema() throws Exception {
    assertEndsNaming(
        Map.of(2, interior(1, 1)), 4, "page 2 leads to page 1, the root of the schema");
  }

  @Test
  void endsAtARecordThatIsNone() throws Exception {
    byte[] cell = {4, 1, 9, 0, 8, 9};
    assertEndsNaming(Map.of(2, leaf(cell)), 4, "page 2", "cell at offset " + (PAGE - 6));
  }

  @Test
  void endsAtAPayloadOfTwoGigabytes() throws Exception {
    byte[] cell = cell(Integer.MAX_VALUE, 1, 3);
    Map<Integer, byte[]> pages = new TreeMap<>(Map.of(2, leaf(cell)));
    byte[] loop = new byte[PAGE];
    Bytes.putU32(loop, 0, 3);
    pages.put(3, loop);
    assertEndsNaming(pages, 4, "page 3 leads to page 3, which something else leads to as well");
  }

  @Test
  void emitsReservedSerialTypesAsNull() throws Exception {
    byte[] cell = {4, 1, 4, 0, 10, 8};
    capture(Map.of(2, leaf(cell)), 4, true);
    assertThat(emitted.poll()).contains("UPDATE");
  }

  /**
   * A row of NULL and a text that takes the payload's size, of which the chain begins at a page.
   */
  private static byte[] cell(int size, int rowid, int overflow) {
    int minimum = (PAGE - 12) * 32 / 255 - 23;
    int surplus = minimum + ((size - minimum) % (PAGE - 4));
    int local = surplus <= PAGE - 35 ? surplus : minimum;
    ByteBuffer cell = ByteBuffer.allocate(local + 32);
    varint(cell, size);
    varint(cell, rowid);
    int start = cell.position();
    cell.put((byte) 8).put((byte) 0);
    long type = 13 + 2L * (size - 8);
    for (int shift = 35; shift > 0; shift -= 7) {
      cell.put((byte) (0x80 | ((type >>> shift) & 0x7f)));
    }
    cell.put((byte) (type & 0x7f));
    cell.position(start + local);
    cell.putInt(overflow);
    byte[] bytes = new byte[cell.position()];
    cell.rewind().get(bytes);
    return bytes;
  }

  private static void varint(ByteBuffer into, int value) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        into.put((byte) (0x80 | (value >>> shift)));
      }
    }
    into.put((byte) (value & 0x7f));
  }

  private static byte[] leaf(byte[]... cells) {
    ByteBuffer page = ByteBuffer.allocate(PAGE);
    int at = PAGE;
    page.put(0, (byte) 13).putShort(3, (short) cells.length);
    for (int i = 0; i < cells.length; i++) {
      at -= cells[i].length;
      page.put(at, cells[i]).putShort(8 + 2 * i, (short) at);
    }
    return page.putShort(5, (short) at).array();
  }

  private static byte[] interior(int child, int count) {
    ByteBuffer page = ByteBuffer.allocate(PAGE);
    int at = PAGE;
    page.put(0, (byte) 5).putShort(3, (short) count).putInt(8, child);
    for (int i = 0; i < count; i++) {
      at -= 6;
      page.putInt(at, child).put(at + 4, (byte) 0x81).put(at + 5, (byte) (i & 0x7f));
      page.putShort(12 + 2 * i, (short) at);
    }
    return page.putShort(5, (short) at).array();
  }
}
