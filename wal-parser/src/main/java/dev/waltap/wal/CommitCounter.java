// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

/**
 * The arithmetic of continuity: commits consumed against the growth of iChange.
 *
 * <p>SQLite adds one to iChange with every commit. What blurs that is padding: where a disk sector
 * might be torn (no powersafe overwrite) and {@code synchronous} is FULL, a commit frame is
 * repeated up to the sector's end, all of it one commit. But a repeated frame may be a commit of
 * its own, one that changed nothing. So what is counted are commits and, among them, repeats; the
 * truth lies between. At the end of a generation's frames iChange itself is at hand and makes it
 * exact again.
 *
 * <p>Growth equal to the lower bound proves that nothing is missing: there are no fewer commits
 * than that. Growth between the bounds does not, since as many commits may be missing as repeats
 * are padding; which they are depends on the connection that wrote them, and each may do otherwise.
 */
final class CommitCounter {

  /** What the growth of iChange says. */
  enum Verdict {
    /** All that was committed was found. */
    COMPLETE,
    /** Certainly more was committed than was found. */
    MISSING,
    /** Neither can be said: repeats may be padding, or iChange began at 0 once more. */
    AMBIGUOUS
  }

  private int exact;
  private int commits;
  private int repeats;

  /** Starts at a position whose iChange is known. */
  void reset(int changeCounter) {
    exact = changeCounter;
    commits = 0;
    repeats = 0;
  }

  /** A commit was consumed. */
  void add(boolean repeat) {
    commits++;
    if (repeat) {
      repeats++;
    }
  }

  /** What it means that with this many commits more iChange is this. */
  Verdict judge(int changeCounter, int moreCommits, int moreRepeats) {
    assert moreRepeats <= moreCommits && repeats <= commits;
    int growth = changeCounter - exact;
    int max = commits + moreCommits;
    int min = max - repeats - moreRepeats;
    if (growth == min) {
      return Verdict.COMPLETE;
    }
    return growth > max ? Verdict.MISSING : Verdict.AMBIGUOUS;
  }

  /** iChange as of the last commit consumed; too small where repeats were commits. */
  int changeCounter() {
    return exact + commits - repeats;
  }
}
