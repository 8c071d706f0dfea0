package dev.waltap.inspect;

import dev.waltap.api.Change;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.capture.LimitedSnapshot;
import dev.waltap.capture.SnapshotScan;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.Catalog;
import dev.waltap.decode.ChangeQueue;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Journal;
import dev.waltap.decode.SchemaReader;
import dev.waltap.decode.StoppedException;
import dev.waltap.decode.TransactionDecoder;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.io.DatabaseFile;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageStore;
import dev.waltap.page.Snapshot;
import dev.waltap.page.TransactionPages;
import dev.waltap.schema.SchemaRow;
import dev.waltap.schema.TableFilter;
import dev.waltap.wal.SnapshotFrameIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pages that an inspection starts from, whose they are, and the decoder that continues from
 * there. For one thread, which closes it.
 */
final class InspectedPages implements AutoCloseable {
  private static final long MEMORY = 32L << 20;

  private final int pageSize;
  private final PageBuffers buffers;
  private final PageSet pageSet;
  private final PageOwners owners = new PageOwners();
  private final PageOwners indexOwners = new PageOwners();
  private final Map<Integer, String> indexNames = new HashMap<>();
  private final SchemaReader schemaReader;
  private final ChangeQueue queue = new ChangeQueue(Integer.MAX_VALUE, Long.MAX_VALUE);
  private final Snapshot base;
  private Consumer<Change> target = change -> {};
  private @Nullable TransactionDecoder decoder;
  private Catalog catalog;

  /**
   * Pages as of a commit.
   *
   * @param commit the commit frame; none of the frames behind it may be in the database file
   */
  InspectedPages(DatabaseFile file, InspectedLog log, int pageSize, int commit) {
    this.pageSize = pageSize;
    this.buffers = new PageBuffers(pageSize);
    this.pageSet = new PageSet(buffers, MEMORY);
    this.schemaReader = new SchemaReader();
    this.catalog = Catalog.empty(new TableFilter(List.of(), List.of(), List.of()));
    SnapshotFrameIndex frames = SnapshotFrameIndex.index(log.wal(), log.range(), 0, commit);
    int size = commit == 0 ? (int) (file.size() / pageSize) : frames.databaseSize();
    this.base = new Snapshot(file, frames, pageSize, size);
  }

  /** Reads all tables; returns why they can't be read, null if they can. */
  @Nullable String scan() {
    LimitedSnapshot all = new LimitedSnapshot(base, () -> false);
    SnapshotScan scan;
    PageFormat format;
    try {
      scan = new SnapshotScan(all, buffers, pageSet, owners, unused -> {});
      format = PageFormat.of(scan.page(1));
      scan.scan(SchemaReader.TREE);
      catalog = catalog.next(schemaReader.read(scan));
      for (CapturedTable table : catalog.tables()) {
        scan.scan(table.tree());
      }
    } catch (DatabaseException e) {
      return "the database as of before can't be read: " + e.getMessage();
    }
    scanIndexes(scan, format);
    Emitter emitter = new Emitter(queue, true, () -> {}, this::drain);
    TransactionPages none = new TransactionPages(buffers, new PageStore(buffers.pageSize(), 0), 0);
    decoder =
        new TransactionDecoder(
            pageSet,
            new TransactionDiff(format, buffers, pageSet, owners, none),
            schemaReader,
            emitter,
            Journal.NONE,
            catalog);
    return null;
  }

  private void scanIndexes(SnapshotScan scan, PageFormat format) {
    int ordinal = 1;
    for (SchemaRow row : schemaReader.rows(scan)) {
      if (row.type().equals("index") && row.rootPage() > 0) {
        Tree tree = new Tree(ordinal, (int) row.rootPage(), true, row.name());
        indexNames.put(ordinal++, row.name());
        try {
          new TreeScanner(
                  this::image,
                  format,
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

  private byte[] image(int pageNumber) {
    byte[] image = new byte[pageSize];
    base.copy(pageNumber, image);
    return image;
  }

  PageBuffers buffers() {
    return buffers;
  }

  boolean isDecodable() {
    return decoder != null;
  }

  /** Stops decoding. */
  void stop() {
    decoder = null;
  }

  /** Emits the changes of a transaction and moves on. */
  void decode(CommittedTransaction transaction, Consumer<Change> changes) {
    TransactionDecoder current = decoder;
    if (current == null) {
      throw new IllegalStateException("there is nothing to decode from");
    }
    target = changes;
    current.decode(transaction);
    catalog = current.catalog();
    drain();
  }

  private void drain() {
    if (queue.hasStaged()) {
      queue.release(() -> {});
    }
    try {
      while (queue.depth() > 0) {
        ChangeQueue.Batch batch = queue.take(Integer.MAX_VALUE, Long.MAX_VALUE, 0);
        if (batch != null) {
          batch.changes().forEach(target);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  /** A frame of number, page, database size and whether it is bare, and whose page it holds. */
  WalInspection.Frame frame(int[] frame) {
    int page = frame[1];
    String owner = tableOf(owners.tree(page));
    byte kind = owners.kind(page);
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
    for (CapturedTable table : catalog.tables()) {
      if (table.tree().ordinal() == ordinal) {
        return table.name();
      }
    }
    return null;
  }

  @Override
  public void close() {
    schemaReader.close();
    pageSet.close();
  }
}
