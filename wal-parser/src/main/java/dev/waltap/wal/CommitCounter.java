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
 * <p>Growth equal to the lower bound always proves that nothing is missing. Growth equal to the
 * upper bound proves it unless this WAL is known to be padded; then it doesn't, and is called a
 * gap.
 */
final class CommitCounter {

  private int exact;
  private int commits;
  private int repeats;
  private boolean padded;

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

  /** Everything up to this iChange was consumed, which is proven otherwise. */
  void settle(int changeCounter) {
    int growth = changeCounter - exact;
    if (growth >= commits - repeats && growth < commits) {
      padded = true;
    }
    reset(changeCounter);
  }

  /** Whether this many commits more make up everything up to this iChange. */
  boolean explains(int changeCounter, int moreCommits, int moreRepeats) {
    int growth = changeCounter - exact;
    int most = commits + moreCommits;
    int least = most - repeats - moreRepeats;
    return growth == least || (growth == most && !padded);
  }

  /** Our best knowledge of iChange as of the last commit consumed. */
  int changeCounter() {
    return exact + commits - (padded ? repeats : 0);
  }
}
