// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.inspect.WalInspection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes what an inspection says, and reads every value of it. */
final class InspectedChanges implements WalInspection.Sink {
  private final List<Change> changes = new ArrayList<>();
  private final int maxTransactions;
  private int transactions;
  private @Nullable String failure;

  InspectedChanges(int maxTransactions) {
    this.maxTransactions = maxTransactions;
  }

  /** The changes of all transactions. */
  List<Change> changes() {
    return changes;
  }

  /** Why not all changes are known; null if they are. */
  @Nullable String failure() {
    return failure;
  }

  @Override
  public void summary(WalInspection.@Nullable Summary summary) {
    if (summary == null) {
      failure = "there is no log";
    }
  }

  @Override
  public void change(Change change) {
    read(change.before());
    read(change.after());
    read(change.key());
    changes.add(change);
  }

  private static void read(@Nullable Row row) {
    if (row != null) {
      for (int i = 0; i < row.size(); i++) {
        row.getObject(i);
      }
    }
  }

  @Override
  public void transaction(WalInspection.Transaction transaction) {
    if (++transactions > maxTransactions) {
      throw new AssertionError("more transactions than frames");
    }
  }

  @Override
  public void undecodable(String why) {
    failure = why;
  }
}
