package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.format.Bytes;
import dev.waltap.format.WalChecksum;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  private static final List<FileChannel> CHANNELS = new ArrayList<>();

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
        commit(database.path(), pages, size);
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

  /** Appends the pages to the WAL as one transaction, and publishes it in the wal-index. */
  private static void commit(Path database, Map<Integer, byte[]> pages, int size)
      throws IOException {
    FileChannel shm =
        FileChannel.open(
            Path.of(database + "-shm"), StandardOpenOption.READ, StandardOpenOption.WRITE);
    CHANNELS.add(shm);
    ByteBuffer map = shm.map(FileChannel.MapMode.READ_WRITE, 0, 136);
    ByteBuffer header = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
    header.put(0, map, 0, 48);
    boolean big = header.get(13) != 0;
    int frame = header.getInt(16);
    WalChecksum sum = new WalChecksum();
    sum.reset(Bytes.pair(header.getInt(24), header.getInt(28)));
    try (RandomAccessFile wal = new RandomAccessFile(database + "-wal", "rw")) {
      int left = pages.size();
      for (Map.Entry<Integer, byte[]> page : new TreeMap<>(pages).entrySet()) {
        ByteBuffer bytes = ByteBuffer.allocate(24 + PAGE);
        bytes.putInt(page.getKey()).putInt(--left == 0 ? size : 0).put(8, header, 32, 8);
        bytes.put(24, page.getValue());
        sum.update(bytes.array(), 0, 8, big);
        sum.update(page.getValue(), 0, PAGE, big);
        bytes.putLong(16, sum.value());
        wal.seek(32 + frame++ * (24L + PAGE));
        wal.write(bytes.array());
      }
    }
    header.putInt(8, header.getInt(8) + 1).putInt(16, frame).putInt(20, size);
    putChecksum(header, 24, sum);
    sum.reset(0);
    sum.update(header.array(), 0, 40, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    putChecksum(header, 40, sum);
    map.put(48, header, 0, 48);
    map.put(0, header, 0, 48);
  }

  private static void putChecksum(ByteBuffer header, int at, WalChecksum sum) {
    header.putInt(at, (int) (sum.value() >>> 32)).putInt(at + 4, (int) sum.value());
  }
}
