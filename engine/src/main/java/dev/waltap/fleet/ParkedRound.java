// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.MemberState;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Looks at the parked members one after the other, evenly over time: a look at thousands at once
 * would keep all others waiting. For the fleet's thread.
 */
final class ParkedRound {
  private final Predicate<Member> wanted;
  private final Consumer<Member> look;
  private Iterator<Member> left = List.<Member>of().iterator();

  /** Of the present round; 0 before the first one. */
  private long begun;

  private int size;
  private int done;

  /**
   * Begins with the first look.
   *
   * @param wanted which of them
   * @param look looks at one
   */
  ParkedRound(Predicate<Member> wanted, Consumer<Member> look) {
    this.wanted = wanted;
    this.look = look;
  }

  /**
   * Looks at those that are due.
   *
   * @param nanos how long a round takes
   */
  void go(long now, long nanos, MemberSet members) {
    if (!left.hasNext() && (begun == 0 || now - begun >= nanos)) {
      List<Member> all = members.all();
      left = all.iterator();
      size = all.size();
      done = 0;
      begun = now;
    }
    long due = (long) ((double) (now - begun) / nanos * size) + 1;
    while (done < due && left.hasNext()) {
      done++;
      Member member = left.next();
      if (member.state() == MemberState.PARKED && wanted.test(member)) {
        look.accept(member);
      }
    }
  }
}
