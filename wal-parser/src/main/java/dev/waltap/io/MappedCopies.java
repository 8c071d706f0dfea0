// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Copies out of a mapping whose file somebody may truncate at that very moment.
 *
 * <p>To touch a page of a mapping that lies past the file's end is a SIGBUS. HotSpot skips the
 * faulting access, leaves garbage in the copy and an {@link InternalError} pending, which comes up
 * where the thread next returns from the runtime or polls for a safepoint: once the code is
 * compiled, that is after the copy, in some innocent statement. So each copy is followed at once by
 * a call into the runtime: {@code new byte[n][n]} with an {@code n} that no compiler knows is one,
 * in the interpreter, in C1 and in C2, and what it allocates is 16 bytes.
 *
 * <p>That is how HotSpot behaves (seen in 17 and 25, {@code MappedCopiesTest} looks again), and no
 * specification promises it. So correctness does not rest on it:
 *
 * <ul>
 *   <li>{@link LogSegments} looks at the file's size before each pass, so that only a truncation
 *       during a pass can get here at all;
 *   <li>what was copied is believed only if the wal-index, or the checksum chain, says so
 *       afterwards, and SQLite changes the salts there before it truncates: garbage is never
 *       emitted;
 *   <li>an error that came up late after all would end the capture with a message that says what to
 *       do ({@link #isLateFault}), and by {@link #MAPS} mapping can be turned off. It can't be
 *       taken back where it comes up: that may be in the midst of anything.
 * </ul>
 *
 * <p>Bulk gets only, never an intrinsic such as {@code mismatch}: some have no handler for the
 * signal. Not safe for several threads.
 */
public final class MappedCopies {

  /** The system property by which mapping of -wal files is turned off: {@code false}. */
  public static final String PROPERTY = "waltap.mapWal";

  /** Whether to map what may be truncated: by HotSpot, unless {@link #PROPERTY} forbids it. */
  static final boolean MAPS =
      isHotSpot() && Boolean.parseBoolean(System.getProperty(PROPERTY, "true"));

  /** Volatile so that no compiler takes it for the constant that it is. */
  private static volatile int zero;

  private byte @Nullable [][] proof;

  MappedCopies() {}

  /**
   * Copies bytes out.
   *
   * @return false, and undefined bytes, if some of them are not in the file any more
   */
  boolean copy(ByteBuffer source, int offset, byte[] dst, int dstOff, int len) {
    try {
      source.get(offset, dst, dstOff, len);
      int unknown = zero;
      proof = new byte[unknown][unknown]; // Here a pending error comes up.
      return proof.length == 0;
    } catch (InternalError e) {
      return false;
    }
  }

  /** Whether this is the error of an access past the end of a truncated file, reported too late. */
  public static boolean isLateFault(Throwable error) {
    String message = error.getMessage();
    return error instanceof InternalError
        && message != null
        && message.contains("unsafe memory access");
  }

  private static boolean isHotSpot() {
    String name = System.getProperty("java.vm.name", "").toLowerCase(Locale.ROOT);
    return name.contains("hotspot") || name.contains("openjdk");
  }
}
