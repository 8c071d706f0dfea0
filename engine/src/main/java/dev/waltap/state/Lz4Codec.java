// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.page.PackedPage;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as stored: LZ4, or as they are where that is no shorter, which their size then shows. For
 * one thread.
 */
final class Lz4Codec {
  private static final XXHash64 HASH = XXHashFactory.fastestInstance().hash64();
  private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
  private final LZ4SafeDecompressor decompressor = LZ4Factory.fastestInstance().safeDecompressor();
  private byte[] scratch = new byte[0];

  /** The stored form of the first {@code size} bytes. */
  byte[] pack(byte[] raw, int size) {
    int packed = compress(raw, size);
    return packed < size ? Arrays.copyOf(scratch, packed) : Arrays.copyOf(raw, size);
  }

  /** The same without a copy, until the next call of any method here; of the array itself. */
  void pack(byte[] raw, int size, PackedPage to) {
    int packed = compress(raw, size);
    to.set(packed < size ? scratch : raw, 0, Math.min(packed, size));
  }

  private int compress(byte[] raw, int size) {
    int max = compressor.maxCompressedLength(size);
    if (scratch.length < max) {
      scratch = new byte[max];
    }
    return compressor.compress(raw, 0, size, scratch, 0, max);
  }

  /** Fills the first {@code size} bytes from the stored form; says whether that was one. */
  boolean unpack(byte @Nullable [] packed, byte[] raw, int size) {
    return packed != null && unpack(packed, 0, packed.length, raw, size);
  }

  private boolean unpack(byte[] packed, int offset, int length, byte[] raw, int size) {
    if (length >= size) {
      if (length == size) {
        System.arraycopy(packed, offset, raw, 0, size);
      }
      return length == size;
    }
    if (length == 0) {
      return false;
    }
    try {
      return decompressor.decompress(packed, offset, length, raw, 0, size) == size;
    } catch (LZ4Exception e) {
      return false;
    }
  }

  /** Fills the array from the stored form; says whether that was one. */
  boolean unpack(PackedPage packed, byte[] raw) {
    return unpack(
        packed.bytes(), packed.offset(), /* length= */ packed.size(), raw, /* size= */ raw.length);
  }

  /** xxHash64 of all the bytes. */
  static long hash(byte[] bytes, long seed) {
    return hash(bytes, 0, bytes.length, seed);
  }

  /** xxHash64 of some of the bytes. */
  static long hash(byte[] bytes, int offset, int length, long seed) {
    return HASH.hash(bytes, offset, length, seed);
  }

  /** Spreads a number over 64 bits, so that it can be mixed into a hash. */
  static long spread(long number) {
    long x = number * 0x9E3779B97F4A7C15L;
    return (x ^ x >>> 32) * 0xD6E8FEB86659FD93L;
  }
}
