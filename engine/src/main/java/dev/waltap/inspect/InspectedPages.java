// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.btree.TreeScanner;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.Catalog;
import dev.waltap.decode.ChangeSink;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Journal;
import dev.waltap.decode.Replica;
import dev.waltap.decode.SchemaReader;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.io.DatabaseFile;
import dev.waltap.page.PageBuffers;
import dev.waltap.schema.SchemaRow;
import dev.waltap.schema.TableFilter;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.wal.SnapshotFrameIndex;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replica that an inspection starts from, and whose the pages are that have no rows. For one
 * thread, which closes it.
 */
final class InspectedPages implements AutoCloseable {
  private static final long MEMORY = 32L << 20;

  private final Replica replica;
  private final Snapshot base;
  private final Snapshot last;
  private @Nullable PageLabels baseLabels;
  private @Nullable PageLabels lastLabels;
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
    this.base = snapshot(file, log, pageSize, commit);
    this.last = snapshot(file, log, pageSize, log.committed());
  }

  /** The database as of a commit, 0 for what the file alone has. */
  static Snapshot snapshot(DatabaseFile file, InspectedLog log, int pageSize, int commit) {
    SnapshotFrameIndex frames = SnapshotFrameIndex.index(log.wal(), log.range(), 0, commit);
    int size = commit == 0 ? (int) (file.size() / pageSize) : frames.databaseSize();
    return new Snapshot(file, frames, pageSize, size);
  }

  /** Reads all tables; returns why they can't be read, null if they can. */
  @Nullable String scan() {
    String failure = null;
    try {
      replica.scan(base, (done, of) -> {}, schema -> {});
      baseLabels = labels(base);
      replica.decoder(new Emitter(new Changes(), true, () -> {}), Journal.NONE);
      decodable = true;
    } catch (DatabaseException e) {
      failure = "the database as it was before can't be read: " + e.getMessage();
    }
    lastLabels = labels(last);
    return failure;
  }

  /** Of all but the captured tables, whose pages the replica knows. */
  private @Nullable PageLabels labels(Snapshot pages) {
    List<SchemaRow> schema = List.of();
    try (SchemaReader reader = new SchemaReader()) {
      PageFormat format = PageFormat.of(pages.page(1));
      new TreeScanner(pages, format, pages.size(), TreeScanner.Visitor.NONE)
          .scan(SchemaReader.TREE);
      schema = reader.rows(pages);
    } catch (DatabaseException e) {
      // Pages of the freelist may be known all the same.
    }
    Catalog known = replica.catalog();
    return PageLabels.of(
        pages,
        schema.stream()
            .filter(row -> !row.type().equals("table") || known.named(row.name()) == null)
            .toList());
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
    public void addLast(Change change, long bytes) {
      target.accept(change);
    }

    @Override
    public void addEnd(Position commit) {}
  }

  /** What a page is, as far as that is known. */
  PageLabels.Label label(int page) {
    if (page == 1) {
      String name = SchemaReader.TREE.name();
      return new PageLabels.Label(name, name, PageLabels.kind(replica.owners().kind(1)));
    }
    String table = tableOf(replica.owners().tree(page));
    if (table != null) {
      return new PageLabels.Label(table, table, PageLabels.kind(replica.owners().kind(page)));
    }
    PageLabels.Label label = label(baseLabels, page);
    label = label == null ? label(lastLabels, page) : label;
    return label == null ? new PageLabels.Label("", "", "") : label;
  }

  private static PageLabels.@Nullable Label label(@Nullable PageLabels labels, int page) {
    return labels == null ? null : labels.of(page);
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
