// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.Change;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.ChangeSink;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Journal;
import dev.waltap.decode.Replica;
import dev.waltap.decode.SchemaReader;
import dev.waltap.decode.TransactionEnd;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.TreeKind;
import dev.waltap.io.DatabaseFile;
import dev.waltap.page.PageBuffers;
import dev.waltap.schema.SchemaRow;
import dev.waltap.schema.TableFilter;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.wal.SnapshotFrameIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replica that an inspection starts from, and whose the pages of indexes are. For one thread,
 * which closes it.
 */
final class InspectedPages implements AutoCloseable {
  private static final long MEMORY = 32L << 20;

  private final Replica replica;
  private final PageOwners indexOwners = new PageOwners();
  private final Map<Integer, String> indexNames = new HashMap<>();
  private final Snapshot base;
  private Consumer<Change> target = change -> {};
  private boolean decodable;

  /**
   * Pages as of a commit.
   *
   * @param commit the commit frame; none of the frames behind it may be in the database file
   */
  InspectedPages(DatabaseFile file, InspectedLog log, int pageSize, int commit) {
    TableFilter all = new TableFilter(List.of(), List.of(), List.of());
    this.replica = new Replica(new PageBuffers(pageSize), MEMORY, all);
    SnapshotFrameIndex frames = SnapshotFrameIndex.index(log.wal(), log.range(), 0, commit);
    int size = commit == 0 ? (int) (file.size() / pageSize) : frames.databaseSize();
    this.base = new Snapshot(file, frames, pageSize, size);
  }

  /** Reads all tables; returns why they can't be read, null if they can. */
  @Nullable String scan() {
    try {
      replica.scan(base, (done, of) -> {}, schema -> {});
    } catch (DatabaseException e) {
      return "the database as of before can't be read: " + e.getMessage();
    }
    scanIndexes();
    replica.decoder(new Emitter(new Changes(), true, () -> {}), Journal.NONE);
    decodable = true;
    return null;
  }

  private void scanIndexes() {
    int ordinal = 1;
    for (SchemaRow row : replica.schemaRows()) {
      if (row.type().equals("index") && row.rootPage() > 0) {
        Tree tree = new Tree(ordinal, (int) row.rootPage(), TreeKind.INDEX, row.name());
        indexNames.put(ordinal++, row.name());
        try {
          new TreeScanner(
                  base,
                  replica.format(),
                  base.size(),
                  (of, page, kind, parent, image) -> indexOwners.adopt(of, page, kind, parent))
              .scan(tree);
        } catch (DatabaseException e) {
          // Indexes are only named here; that one is damaged is not what was asked.
          indexNames.put(ordinal - 1, row.name() + " (damaged)");
        }
      }
    }
  }

  PageBuffers buffers() {
    return replica.buffers();
  }

  boolean isDecodable() {
    return decodable;
  }

  /** Stops decoding. */
  void stop() {
    decodable = false;
  }

  /** Passes on the changes of a transaction and moves on. */
  void decode(CommittedTransaction transaction, Consumer<Change> changes) {
    target = changes;
    replica.decoder().decode(transaction);
  }

  /** Passes each change on at once. */
  private final class Changes implements ChangeSink {
    @Override
    public void add(Change change, long bytes) {
      target.accept(change);
    }

    @Override
    public void addLast(Change change, long bytes, TransactionEnd end) {
      target.accept(change);
    }

    @Override
    public void addEnd(TransactionEnd end) {}
  }

  /** A frame of number, page, database size and whether it is bare, and whose page it holds. */
  WalInspection.Frame frame(int[] frame) {
    int page = frame[1];
    String owner = tableOf(replica.owners().tree(page));
    byte kind = replica.owners().kind(page);
    if (owner == null) {
      owner = indexNames.get(indexOwners.tree(page));
      kind = indexOwners.kind(page);
    }
    if (page == 1) {
      owner = SchemaReader.TREE.name();
    }
    String name =
        switch (kind) {
          case PageOwners.LEAF -> "leaf";
          case PageOwners.INTERIOR -> "interior";
          case PageOwners.OVERFLOW -> "overflow";
          default -> "";
        };
    return new WalInspection.Frame(
        frame[0], page, owner == null ? "" : owner, name, frame[2] != 0, frame[3] != 0);
  }

  private @Nullable String tableOf(int ordinal) {
    if (ordinal == SchemaReader.TREE.ordinal()) {
      return SchemaReader.TREE.name();
    }
    CapturedTable table = replica.catalog().ofTree(ordinal);
    return table == null ? null : table.name();
  }

  @Override
  public void close() {
    replica.close();
  }
}
