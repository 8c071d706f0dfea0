// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Truncates files under mappings, in a JVM of its own so that it can be asked how to compile. Given
 * how many copies warm it up, and the trials, prints where the errors came up.
 */
final class TruncationTrials {

  private static final int FRAME = 4096;
  private static final int REFUSALS = 1000;

  private int reported;
  private int silent;
  private int late;
  long sum;

  private TruncationTrials() {}

  public static void main(String[] args) throws Exception {
    Path path = Files.createTempFile("truncated", "-wal");
    try {
      TruncationTrials trials = new TruncationTrials();
      trials.oneByOne(path, Integer.parseInt(args[0]), Integer.parseInt(args[1]));
      System.out.println(
          "reported " + trials.reported + " silent " + trials.silent + " late " + trials.late);
      System.out.println(race(path) + " maps " + MappedCopies.MAPS);
    } finally {
      Files.delete(path);
    }
  }

  private void oneByOne(Path path, int warmUp, int count) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(8 * FRAME);
      Mapping mapping = Mapping.map(file, 0, 8 * FRAME);
      ByteBuffer map = mapping.buffer();
      MappedCopies copies = new MappedCopies();
      byte[] got = new byte[FRAME];
      for (int i = 0; i < warmUp; i++) {
        copyAndUse(copies, map, i & 7, got);
      }
      for (int i = 0; i < count; i++) {
        file.setLength(0);
        trial(copies, map, i & 7, got);
        file.setLength(8 * FRAME);
        if (!copyAndUse(copies, map, i & 7, got)) {
          silent++; // An error of a file that is whole: it was that of the trial.
        }
      }
      mapping.unmap();
    }
  }

  private void trial(MappedCopies copies, ByteBuffer map, int page, byte[] got) {
    try {
      if (copyAndUse(copies, map, page, got)) {
        silent++;
      } else {
        reported++;
      }
    } catch (InternalError e) {
      late++;
    }
  }

  // With some innocent statements behind it, for a late error to come up in.
  private boolean copyAndUse(MappedCopies copies, ByteBuffer map, int page, byte[] got) {
    boolean copied = copies.copy(map, page * FRAME, got, 0, FRAME);
    for (byte b : got) {
      sum += b;
    }
    return copied;
  }

  // Another thread truncates and writes again while a LogFile copies: false, or what was written.
  private static String race(Path path) throws Exception {
    byte[] frames = new byte[64 * FRAME];
    Arrays.fill(frames, (byte) 7);
    Files.write(path, frames);
    AtomicBoolean done = new AtomicBoolean();
    Thread truncator = new Thread(() -> truncate(path, frames, done));
    truncator.setDaemon(true);
    int refused = 0;
    int wrong = 0;
    try (LogFile file = new LogFile(path)) {
      truncator.start();
      byte[] got = new byte[FRAME];
      while (refused < REFUSALS && truncator.isAlive()) {
        file.readAhead(frames.length, false);
        for (int at = 0; at < frames.length; at += FRAME) {
          if (!file.copy(at, got, 0, FRAME)) {
            refused++;
          } else if (!isSevensOrZeros(got)) {
            wrong++;
          }
        }
      }
    }
    done.set(true);
    truncator.join();
    return "race refused " + (refused >= REFUSALS) + " wrong " + wrong;
  }

  // Zeros: the file was truncated and is growing again.
  private static boolean isSevensOrZeros(byte[] got) {
    for (byte b : got) {
      if (b != 7 && b != 0) {
        return false;
      }
    }
    return true;
  }

  private static void truncate(Path path, byte[] frames, AtomicBoolean done) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      while (!done.get()) {
        file.setLength(0);
        file.seek(0);
        file.write(frames);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
