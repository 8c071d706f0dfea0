// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Follows transactions some of whose pages are damaged, in memory. Each ends with a declared
 * exception before a row was believed, or with the very rows that differ between scans of the whole
 * tables before and after; one that was followed is taken back by another transaction.
 */
final class DamagedPages implements Layer {
  private static final int MAX_FOLLOWERS = 30;

  private final Corpus corpus;
  private final Map<Place, Follower> followers = new LinkedHashMap<>();

  /** A version of a database, from the first transaction on. */
  private record Place(int database, int version) {}

  DamagedPages(Corpus corpus) {
    this.corpus = corpus;
  }

  @Override
  public boolean run(Random random) {
    RecordedDatabase base = corpus.any(random);
    int version = random.nextInt(base.rowTransactions());
    Place place = new Place(corpus.all().indexOf(base), version);
    Follower follower = follower(base, place);
    boolean done = false;
    try {
      RecordedDatabase.Written damaged = Mutation.damaged(base, version, random);
      if (follower.follow(damaged) != null) {
        done = true;
        return false;
      }
      RuntimeException refusal = follower.goBack(damaged);
      if (refusal != null && !follower.isOrderly()) {
        return true; // Rows out of order may show only when they are next to be compared.
      }
      if (refusal != null) {
        throw new AssertionError("the undamaged version was refused", refusal);
      }
      done = true;
      return true;
    } finally {
      if (!done) {
        followers.remove(place); // Nobody knows where it is now.
        follower.close();
      }
    }
  }

  private Follower follower(RecordedDatabase base, Place place) {
    Follower kept = followers.remove(place);
    Follower follower = kept != null ? kept : new Follower(base, place.version());
    followers.put(place, follower);
    if (followers.size() > MAX_FOLLOWERS) {
      Place eldest = followers.keySet().iterator().next();
      try (Follower closing = followers.get(eldest)) {
        followers.remove(eldest);
      }
    }
    return follower;
  }

  @Override
  public void close() {
    followers.values().forEach(Follower::close);
  }
}
