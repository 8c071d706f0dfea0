// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a whole WAL holds, counted. Memory follows the number of tables. For one thread. */
public final class WalTotals implements WalInspection.Sink {

  /** What the WAL holds of one table and its indexes. */
  public static final class Table {
    private final String name;
    private long inserted;
    private long updated;
    private long deleted;
    private long schemaChanges;
    private long frames;
    private long indexFrames;

    private Table(String name) {
      this.name = name;
    }

    /** The table's name; "freelist" and the like for pages of none, empty where it is not known. */
    public String name() {
      return name;
    }

    /** Rows inserted. */
    public long inserted() {
      return inserted;
    }

    /** Rows updated. */
    public long updated() {
      return updated;
    }

    /** Rows deleted. */
    public long deleted() {
      return deleted;
    }

    /** Times it was created, altered or dropped. */
    public long schemaChanges() {
      return schemaChanges;
    }

    /** Frames that hold pages of it, indexes included. */
    public long frames() {
      return frames;
    }

    /** Frames that hold pages of its indexes. */
    public long indexFrames() {
      return indexFrames;
    }
  }

  private final Map<String, Table> tables = new TreeMap<>();
  private WalInspection.@Nullable Summary summary;
  private @Nullable String undecodable;
  private long transactions;
  private long undecoded;
  private long atRisk;
  private long kept;
  private boolean bareSeen;

  @Override
  public void summary(WalInspection.@Nullable Summary found) {
    summary = found;
  }

  @Override
  public void change(Change change) {
    Table table = table(change.table());
    switch (change.operation()) {
      case INSERT -> table.inserted++;
      case UPDATE -> table.updated++;
      case DELETE -> table.deleted++;
      case SCHEMA -> table.schemaChanges++;
      case BOOTSTRAP -> {} // Nothing is bootstrapped here.
    }
  }

  @Override
  public void transaction(WalInspection.Transaction transaction) {
    transactions++;
    undecoded += transaction.decoded() ? 0 : 1;
    List<WalInspection.Frame> frames = transaction.frames();
    for (WalInspection.Frame frame : frames) {
      Table table = table(frame.table().isEmpty() ? frame.owner() : frame.table());
      table.frames++;
      table.indexFrames += frame.owner().equals(frame.table()) || frame.table().isEmpty() ? 0 : 1;
      bareSeen |= frame.bare();
    }
    WalInspection.Summary log = summary;
    if (log != null && frames.get(frames.size() - 1).number() <= log.recovery().lastCommit()) {
      kept++;
    }
    atRisk += bareSeen ? 1 : 0;
  }

  @Override
  public void undecodable(String why) {
    undecodable = why;
  }

  private Table table(String name) {
    return tables.computeIfAbsent(name, Table::new);
  }

  /** The tables, those with the most frames first. */
  public List<Table> tables() {
    List<Table> sorted = new ArrayList<>(tables.values());
    sorted.sort(Comparator.comparingLong(Table::frames).reversed());
    return sorted;
  }

  /** What the WAL is as a whole; null if there is none. */
  public WalInspection.@Nullable Summary summary() {
    return summary;
  }

  /** Why not all row changes are known; null if nothing kept them from being decoded. */
  public @Nullable String undecodable() {
    return undecodable;
  }

  /** How many transactions are committed. */
  public long transactions() {
    return transactions;
  }

  /** The row changes of how many are not known. */
  public long undecoded() {
    return undecoded;
  }

  /** How many a crash would lose by frames without checksums: the first such one and all later. */
  public long atRisk() {
    return atRisk;
  }

  /** How many SQLite's recovery would keep if everything crashed now. */
  public long kept() {
    return kept;
  }
}
