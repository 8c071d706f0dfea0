// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Bounds the memory of what is kept of parked members, {@link Kept}: past the bound, those that
 * were not written to for the longest keep nothing, and are opened when they are. For the fleet's
 * thread.
 */
final class KeptCaptures {
  private final long mostBytes;
  private final Consumer<Member> drop;
  private final Map<Member, Long> bytes = new LinkedHashMap<>();
  private long total;

  /** At most so much in all; what is past it is dropped. */
  KeptCaptures(long mostBytes, Consumer<Member> drop) {
    this.mostBytes = mostBytes;
    this.drop = drop;
  }

  /** This member keeps so many bytes now, in place of what it kept; 0 for nothing. */
  void put(Member member, long size) {
    Long earlier = bytes.remove(member);
    total += size - (earlier == null ? 0 : earlier);
    if (size > 0) {
      bytes.put(member, size);
    }
    Iterator<Map.Entry<Member, Long>> oldest = bytes.entrySet().iterator();
    while (total > mostBytes && oldest.hasNext()) {
      Map.Entry<Member, Long> first = oldest.next();
      total -= first.getValue();
      oldest.remove();
      drop.accept(first.getKey());
    }
  }
}
