// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.btree.PageSummary;
import dev.waltap.page.PageBuffers;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compacts the rest of the journal as a state is closed, and keeps a summary of its pages. Only
 * spares the next opening work: if this fails, as on a full disk, nothing else must. For the
 * store's thread.
 */
final class ClosingSummary {
  /** Bytes of the journal that are compacted for a summary while a capture is being closed. */
  private static final long MOST_AT_CLOSE = 1 << 20;

  private final StateFile file;
  private final StateHeader head;
  private final JournalGroups groups;
  private final PageTable pages;
  private final StateCommits commits;
  private final SummaryTable summaries;
  private @Nullable Supplier<PageSummary> source;
  private Consumer<String> details = detail -> {};

  ClosingSummary(
      StateFile file,
      StateHeader head,
      JournalGroups groups,
      PageTable pages,
      StateCommits commits,
      SummaryTable summaries) {
    this.file = file;
    this.head = head;
    this.groups = groups;
    this.pages = pages;
    this.commits = commits;
    this.summaries = summaries;
  }

  /** See {@link StateStore#summarize}. */
  void of(Supplier<PageSummary> summary, Consumer<String> detail) {
    source = summary;
    details = detail;
  }

  /**
   * Keeps it, if there is one, and need of it; all that was emitted is acknowledged.
   *
   * @return false if that failed: then the file is as it was, and what is known of it in memory not
   */
  boolean save(PageBuffers buffers) {
    PageSummary summary = summary();
    if (summary == null) {
      return true;
    }
    try {
      commits.beginUnsynced();
      JournalCompactor.runAll(file, head, groups, pages, buffers);
      summaries.write(head, summary);
      commits.commit();
      return true;
    } catch (SQLException e) {
      notSaved(StateErrors.sql(file.path(), e));
    } catch (CaptureException e) {
      notSaved(e);
    }
    return false;
  }

  private void notSaved(CaptureException cause) {
    commits.rollBack(cause);
    details.accept(
        "no summary of the saved pages could be kept, so the next start may have to read them all: "
            + cause.getMessage());
  }

  private @Nullable PageSummary summary() {
    Supplier<PageSummary> from = source;
    boolean moves = groups.compactable(head.acknowledged) != null;
    return from == null
            || (summaries.isOf(head) && !moves)
            || !file.isSeeded()
            || groups.bytes() > MOST_AT_CLOSE
        ? null
        : from.get();
  }
}
