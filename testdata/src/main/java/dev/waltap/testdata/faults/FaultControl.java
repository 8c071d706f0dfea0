// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The memory shared with the preloaded library, {@code faults.c}, which has the same layout. To be
 * armed by one thread.
 */
final class FaultControl {
  private static final int ARMED = 0;
  private static final int CALLS = 4;
  private static final int AT = 8;
  private static final int ERROR = 12;
  private static final int STICKY = 16;
  private static final int KINDS = 20;
  private static final int MET = 24;
  private static final int LAST = 28;
  private static final int PATH = 32;
  private static final int SIZE = PATH + 256;

  private final Path trace;
  private final MappedByteBuffer memory;

  FaultControl(Path file) throws IOException {
    trace = file.resolveSibling(file.getFileName() + ".trace");
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
      memory.order(ByteOrder.nativeOrder());
    }
  }

  /**
   * Lets calls fail from now on.
   *
   * @param at the number of the call, from 1; 0 only counts
   * @param path part of the path of the files meant
   */
  void arm(Fault fault, int at, String path) {
    memory.putInt(CALLS, 0);
    memory.putInt(MET, 0);
    memory.putInt(LAST, 0);
    memory.putInt(AT, at == 0 ? Integer.MAX_VALUE : at);
    memory.putInt(ERROR, fault.error());
    memory.putInt(STICKY, fault.sticky() ? 1 : 0);
    memory.putInt(KINDS, fault.kinds());
    byte[] bytes = (path + "\0").getBytes(StandardCharsets.UTF_8);
    memory.put(PATH, bytes);
    memory.putInt(ARMED, 1);
  }

  /** Lets nothing fail any more. */
  void disarm() {
    memory.putInt(ARMED, 0);
  }

  /** Whether allocations may be to fail. */
  boolean allocationsArmed() {
    return memory.getInt(ARMED) != 0 && memory.getInt(KINDS) == Fault.Calls.ALLOCATION;
  }

  /** Counts one, in the process where it happens. */
  synchronized boolean nextAllocationFails() {
    int call = memory.getInt(CALLS) + 1;
    memory.putInt(CALLS, call);
    boolean fails = call == memory.getInt(AT);
    if (fails) {
      memory.putInt(MET, 1);
      memory.putInt(LAST, Fault.Calls.ALLOCATION);
    }
    return fails;
  }

  /** Keeps where an allocation failed, for {@link #trace}. */
  void keepTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    try {
      Files.writeString(trace, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the last allocation failed; empty if none did. */
  String trace() throws IOException {
    return Files.exists(trace) ? Files.readString(trace) : "";
  }

  /** Matching calls since it was armed. */
  int calls() {
    return memory.getInt(CALLS);
  }

  /** Those of them that failed. */
  int met() {
    return memory.getInt(MET);
  }

  /** The kind of the last call that failed, as in {@link Fault}. */
  int last() {
    return memory.getInt(LAST);
  }
}
