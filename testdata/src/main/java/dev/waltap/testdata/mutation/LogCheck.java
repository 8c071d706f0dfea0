// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.FrameHeader;
import dev.waltap.wal.FrameSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes transactions from a tail, and checks that they are in the file. */
final class LogCheck implements FrameSink {
  private final LogWriter writer;
  private final int pageSize;
  private final List<Frame> open = new ArrayList<>();
  private byte[] buffer;

  private static final class Frame {
    private final int page;
    private final byte[] image;

    Frame(int page, byte[] image) {
      this.page = page;
      this.image = image;
    }
  }

  LogCheck(LogWriter writer, int pageSize) {
    this.writer = writer;
    this.pageSize = pageSize;
    this.buffer = new byte[pageSize];
  }

  int frames() {
    return writer.frames();
  }

  /** History was lost: no wonder if there was damage. */
  void gap() {
    if (!writer.isDamaged()) {
      throw new AssertionError("a gap in a log that is whole");
    }
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public void frame(int pageNumber, byte[] page) {
    open.add(new Frame(pageNumber, page));
    buffer = new byte[pageSize];
  }

  @Override
  public void commit(long generation, int frame, int databaseSize) {
    int number = frame - open.size();
    for (Frame next : open) {
      number++;
      long at = FrameHeader.offset(number, pageSize);
      if (number < 1 || at + FrameHeader.SIZE + pageSize > writer.length()) {
        throw new AssertionError("frame " + number + " is not in the file");
      }
      int offset = (int) at;
      int size = ByteBuffer.wrap(writer.wal()).getInt(offset + 4);
      if (ByteBuffer.wrap(writer.wal()).getInt(offset) != next.page
          || size != (number == frame ? databaseSize : 0)
          || !Arrays.equals(
              next.image,
              0,
              pageSize,
              writer.wal(),
              offset + FrameHeader.SIZE,
              offset + FrameHeader.SIZE + pageSize)) {
        throw new AssertionError("frame " + number + " is not the one in the file");
      }
    }
    open.clear();
  }

  @Override
  public void rollback() {
    open.clear();
  }
}
