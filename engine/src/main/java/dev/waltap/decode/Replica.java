// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.PageSummary;
import dev.waltap.btree.PlainLeaves;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.IntList;
import dev.waltap.page.MemoryLimit;
import dev.waltap.page.PackedPage;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageLoader;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.schema.Schema;
import dev.waltap.schema.SchemaRow;
import dev.waltap.schema.TableFilter;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.snapshot.SnapshotDelta;
import dev.waltap.snapshot.SnapshotPages;
import dev.waltap.snapshot.SnapshotProgress;
import dev.waltap.snapshot.SnapshotScan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The captured tables as of one commit: their pages, whose each page is, and which tables they
 * make. Filled from a snapshot or from saved pages, compared with a later snapshot, and moved on,
 * transaction by transaction, by its decoder. For one thread, which closes it.
 */
public final class Replica implements AutoCloseable {
  private final PageBuffers buffers;
  private final MemoryLimit memory;
  private final TableFilter filter;
  private final SchemaReader schemaReader;
  private final Map<String, Long> rows = new HashMap<>();
  private PageSet pageSet;
  private PageOwners owners = new PageOwners();
  private Catalog catalog;

  /** Of pages that were put since it was cleared, until they make tables. */
  private PlainLeaves saved = new PlainLeaves();

  private @Nullable PageFormat savedFormat;
  private @Nullable TransactionDecoder decoder;

  /**
   * A replica of nothing.
   *
   * @param memory bytes for its pages, see {@link PageSet}
   * @param filter says which tables are emitted
   */
  public Replica(PageBuffers buffers, long memory, TableFilter filter) {
    this(buffers, MemoryLimit.of(memory), filter);
  }

  /** The same; of the memory, its page set takes parts of its own. */
  public Replica(PageBuffers buffers, MemoryLimit memory, TableFilter filter) {
    this.buffers = buffers;
    this.memory = memory;
    this.filter = filter;
    this.pageSet = new PageSet(buffers, memory);
    this.catalog = Catalog.empty(filter);
    this.schemaReader = new SchemaReader(); // Last: only this has to be closed.
  }

  /** Where arrays of its pages come from and go to. */
  public PageBuffers buffers() {
    return buffers;
  }

  /** Its pages. */
  public PageSet pageSet() {
    return pageSet;
  }

  /** Whose its pages are. */
  public PageOwners owners() {
    return owners;
  }

  /** How its pages are read, as page 1 says. */
  public PageFormat format() {
    return PageFormat.of(pageSet.page(1));
  }

  /** Its tables. */
  public Catalog catalog() {
    return catalog;
  }

  /** All rows of its schema table: tables, indexes, views and triggers. */
  public List<SchemaRow> schemaRows() {
    return schemaReader.rows(pageSet);
  }

  /** How many rows a table had in the snapshot that was scanned. */
  public long rows(CapturedTable table) {
    return rows.getOrDefault(table.name(), 0L);
  }

  /** Forgets everything. */
  public void clear() {
    PageSet earlier = pageSet;
    pageSet = new PageSet(buffers, memory);
    saved = new PlainLeaves();
    savedFormat = null;
    earlier.close();
    begin(filter);
  }

  private void begin(TableFilter by) {
    owners = new PageOwners();
    catalog = Catalog.empty(by);
    decoder = null;
    rows.clear();
  }

  /**
   * The schema of a snapshot, of which nothing else is read; nor this, where its pages are those
   * that the tables of this replica were read from.
   *
   * @throws dev.waltap.format.DatabaseException if it can't be read
   */
  public Schema schema(Snapshot snapshot) {
    if (pageSet.contains(1) && holdsSchemaOf(snapshot)) {
      return catalog.schema();
    }
    new TreeScanner(
            snapshot, PageFormat.of(snapshot.page(1)), snapshot.size(), TreeScanner.Visitor.NONE)
        .scan(SchemaReader.TREE);
    return schemaReader.read(snapshot);
  }

  private boolean holdsSchemaOf(Snapshot snapshot) {
    IntList pages = new IntList();
    byte[] image = buffers.take();
    try {
      new TreeScanner(
              pageSet,
              format(),
              snapshot.size(),
              (tree, number, kind, parent, page) -> pages.add(number))
          .scan(SchemaReader.TREE);
      snapshot.copy(1, image);
      if (!SchemaReader.isSame(pageSet.page(1), image)) {
        return false;
      }
      for (int i = 0; i < pages.size(); i++) {
        int page = pages.get(i);
        if (page != 1 && !snapshot.isSame(pageSet, page, image)) {
          return false;
        }
      }
      return true;
    } catch (DatabaseException | UnknownPageException e) {
      return false; // Reading that of the snapshot finds out whether anything is wrong.
    } finally {
      buffers.release(image);
    }
  }

  /**
   * Becomes a snapshot. Pages that are held already are compared, and read where they differ.
   *
   * @param check refuses a schema by an exception, before its tables are read
   * @throws dev.waltap.format.DatabaseException if it can't be read
   */
  public void scan(Snapshot snapshot, SnapshotProgress progress, Consumer<Schema> check) {
    begin(filter);
    SnapshotScan scan = new SnapshotScan(snapshot, buffers, pageSet, owners, progress);
    read(scan, tree -> rows.put(tree.name(), scan.scan(tree)), check);
  }

  /**
   * Puts a saved page into its page set, of which {@link #adopt} makes tables.
   *
   * @param packed the same page, hashed under the page set's seed; copied
   */
  public void put(int pageNumber, byte[] image, PackedPage packed) {
    pageSet.put(pageNumber, packed);
    look(pageNumber, image);
  }

  /** Likewise a page that is not packed; the array is the replica's from here on. */
  public void put(int pageNumber, byte[] image) {
    pageSet.put(pageNumber, image);
    look(pageNumber, image);
  }

  /** What all its pages are, without their images. */
  public PageSummary summary() {
    return PageSummary.of(pageSet, owners);
  }

  /**
   * Becomes what a summary was made of, with pages that are loaded when they are asked for. Its
   * page set must be empty.
   *
   * @param loader has the pages, for as long as this is not cleared
   * @param earlier the filter that they were saved under
   * @param check refuses a schema by an exception
   * @return whether that is what the filters lead to; if not, this is cleared
   */
  public boolean recall(
      PageSummary summary, PageLoader loader, TableFilter earlier, Consumer<Schema> check) {
    hold(summary, loader);
    begin(filter.within(earlier));
    try {
      readTables(pageSet, tree -> {}, check);
      if (adopt(summary)) {
        return true;
      }
    } catch (DatabaseException | UnknownPageException e) {
      clear(); // Reading all pages finds out and says what is wrong.
      return false;
    }
    clear();
    return false;
  }

  private void hold(PageSummary summary, PageLoader loader) {
    pageSet.loader(loader);
    for (int i = 0; i < summary.size(); i++) {
      pageSet.hold(summary.pageNumber(i), summary.hash(i));
    }
  }

  /**
   * Becomes what another replica was that had the same filter, with pages that are loaded when they
   * are asked for. Its page set must be empty.
   *
   * @param summary of that one's pages
   * @param schema that one's; not changed as long as {@link #compareRows} finds no other
   * @param loader has the pages
   * @return whether they fit together; if not, this is good for nothing
   */
  public boolean recall(PageSummary summary, Schema schema, PageLoader loader) {
    hold(summary, loader);
    begin(filter);
    catalog = catalog.next(schema);
    return adopt(summary);
  }

  private boolean adopt(PageSummary summary) {
    Map<Integer, Tree> roots = new HashMap<>();
    roots.put(SchemaReader.TREE.root(), SchemaReader.TREE);
    catalog.tables().forEach(table -> roots.put(table.tree().root(), table.tree()));
    for (int i = 0; i < summary.size(); i++) {
      boolean root = summary.isRoot(i);
      Tree tree = root ? roots.remove(summary.pageNumber(i)) : SchemaReader.TREE;
      byte kind = summary.kind(i);
      if (tree == null || kind <= PageOwners.NONE || kind > PageOwners.OVERFLOW) {
        return false;
      }
      owners.adopt(tree, summary.pageNumber(i), kind, summary.parent(i));
    }
    return roots.isEmpty();
  }

  private void look(int pageNumber, byte[] image) {
    if (pageNumber == 1) {
      savedFormat = PageFormat.of(image);
    }
    PageFormat known = savedFormat;
    if (known != null) {
      saved.look(pageNumber, image, known);
    }
  }

  /**
   * Becomes what the pages make that were put into its page set since it was cleared.
   *
   * @param earlier the filter that they were saved under
   * @param check refuses a schema by an exception, before its tables are read
   * @throws dev.waltap.format.DatabaseException if they do not make whole tables
   * @throws dev.waltap.page.UnknownPageException likewise
   */
  public void adopt(TableFilter earlier, Consumer<Schema> check) {
    begin(filter.within(earlier));
    PageSource source = new Scanned(pageSet, buffers);
    TreeScanner scanner = new TreeScanner(source, format(), this::adopt, saved);
    saved = new PlainLeaves();
    savedFormat = null;
    read(pageSet, scanner::scan, check);
  }

  /**
   * Learns which tables a snapshot has; its page set stays empty.
   *
   * @param check refuses a schema by an exception
   * @throws dev.waltap.format.DatabaseException if the schema can't be read
   */
  public void readTables(SnapshotPages pages, Consumer<Schema> check) {
    begin(filter);
    TreeScanner scanner =
        new TreeScanner(pages, pages.format(), pages.size(), TreeScanner.Visitor.NONE);
    readTables(pages, scanner::scan, check);
  }

  private void readTables(PageSource pages, Consumer<Tree> scan, Consumer<Schema> check) {
    scan.accept(SchemaReader.TREE);
    Schema schema = schemaReader.read(pages);
    check.accept(schema);
    catalog = catalog.next(schema);
  }

  /** Reads the schema table, and the tables that it names once they were checked. */
  private void read(PageSource pages, Consumer<Tree> scan, Consumer<Schema> check) {
    readTables(pages, scan, check);
    for (CapturedTable table : catalog.tables()) {
      scan.accept(table.tree());
    }
    removeUnowned();
  }

  /** Pages that a scan has left behind make room for those that follow: no new arrays are taken. */
  private record Scanned(PageSet pages, PageBuffers buffers) implements PageSource {
    @Override
    public byte[] page(int pageNumber) {
      return pages.page(pageNumber);
    }

    @Override
    public void leave() {
      buffers.endTransaction();
    }
  }

  private void adopt(Tree tree, int pageNumber, byte kind, int parent, byte[] image) {
    owners.adopt(tree, pageNumber, kind, parent);
  }

  private void removeUnowned() {
    for (int page : pageSet.pageNumbers()) {
      if (owners.kind(page) == PageOwners.NONE) {
        pageSet.remove(page);
      }
    }
    buffers.endTransaction();
  }

  /**
   * Collects what would make this replica a snapshot; it stays as it is. It must have a decoder.
   *
   * @param into takes the pages that differ; may hold some of an earlier try
   * @param check refuses a schema by an exception, before its tables are read
   * @throws dev.waltap.format.DatabaseException if the snapshot can't be read
   */
  public void compare(
      Snapshot snapshot, TransactionPages into, SnapshotProgress progress, Consumer<Schema> check) {
    SnapshotDelta delta = new SnapshotDelta(snapshot, buffers, pageSet, owners, into, progress);
    delta.compareHeld();
    delta.discover(SchemaReader.TREE);
    Schema schema = schemaReader.read(delta);
    check.accept(schema);
    for (CapturedTable table : decoder().catalog(schema).tables()) {
      delta.discover(table.tree());
    }
  }

  /**
   * Does what {@link #compare} does of a snapshot that has the same schema, and looks only at
   * tables of which a page differs.
   *
   * @return false if the schema differs, or may, or if a page that is held is none any more; what
   *     was collected by then is of no use
   * @throws dev.waltap.format.DatabaseException if the snapshot can't be read
   */
  public boolean compareRows(Snapshot snapshot, TransactionPages into, SnapshotProgress progress) {
    if (isCutOff(snapshot.size())) {
      return false;
    }
    SnapshotDelta delta = new SnapshotDelta(snapshot, buffers, pageSet, owners, into, progress);
    delta.compareHeld();
    Set<Integer> trees = new HashSet<>();
    for (int i = 0; i < into.size(); i++) {
      trees.add(owners.tree(into.pageNumber(i)));
    }
    if (trees.remove(SchemaReader.TREE.ordinal()) && !keepsSchema(into)) {
      return false;
    }
    // A page can't have gone to another tree, or come, unless a page of that one leads to it now.
    for (CapturedTable table : catalog.tables()) {
      if (trees.remove(table.tree().ordinal())) {
        delta.discover(table.tree());
      }
    }
    return trees.isEmpty();
  }

  /**
   * Whether a transaction leaves the tables as they are, and the database no smaller than their
   * pages need: else its pages alone do not say what became of them.
   */
  public boolean keepsTables(TransactionPages transaction) {
    return !isCutOff(transaction.databaseSize()) && keepsSchema(transaction);
  }

  /** Whether a database of so many pages has lost some that are held: by a VACUUM or a mistake. */
  private boolean isCutOff(int databaseSize) {
    int[] held = pageSet.pageNumbers();
    return Integer.compareUnsigned(held[held.length - 1], databaseSize) > 0;
  }

  /** Whether at most page 1 of the schema table differs, and only in what it says of commits. */
  private boolean keepsSchema(TransactionPages changed) {
    for (int i = 0; i < changed.size(); i++) {
      int page = changed.pageNumber(i);
      if (page != 1 && owners.tree(page) == SchemaReader.TREE.ordinal()) {
        return false;
      }
    }
    byte[] first = new byte[buffers.pageSize()];
    return !changed.copy(1, first) || SchemaReader.isSame(pageSet.page(1), first);
  }

  /**
   * A decoder that moves this replica on from here, its only one.
   *
   * @param journal keeps each transaction before a change of it is emitted
   */
  public TransactionDecoder decoder(Emitter emitter, Journal journal) {
    TransactionPages none = new TransactionPages(buffers, new PageStore(buffers.pageSize(), 0), 0);
    TransactionDiff diff = new TransactionDiff(format(), buffers, pageSet, owners, none);
    TransactionDecoder made =
        new TransactionDecoder(pageSet, diff, schemaReader, emitter, journal, catalog);
    decoder = made;
    return made;
  }

  /**
   * The decoder that was made.
   *
   * @throws IllegalStateException if none was
   */
  public TransactionDecoder decoder() {
    TransactionDecoder made = decoder;
    if (made == null) {
      throw new IllegalStateException("there is nothing to decode from");
    }
    return made;
  }

  /** Gives back all memory that is not its own; between two transactions. */
  public void shrink() {
    buffers.endTransaction();
    pageSet.shrink();
    buffers.close();
  }

  @Override
  public void close() {
    try (PageBuffers arrays = buffers;
        PageSet pages = pageSet) {
      schemaReader.close();
    }
  }
}
