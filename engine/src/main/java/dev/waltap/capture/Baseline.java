package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureOptions;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.attach.DatabaseConnection;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.TreeScanner;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.Catalog;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Journal;
import dev.waltap.decode.SchemaReader;
import dev.waltap.decode.TransactionDecoder;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.io.FileNames;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.PageStore;
import dev.waltap.page.Snapshot;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.schema.Schema;
import dev.waltap.schema.Table;
import dev.waltap.schema.TableFilter;
import dev.waltap.schema.UnreadableTable;
import dev.waltap.state.StateStore;
import dev.waltap.wal.WalPosition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The page set and who owns its pages: filled from a snapshot, compared with a later one. For the
 * capture thread.
 */
final class Baseline implements AutoCloseable {
  private final CaptureOptions options;
  private final Attachment attachment;
  private final StoppingListener listener;
  private final SnapshotReads reads;
  private final CommitsAtRisk atRisk;
  private final TableFilter filter;
  private final PageBuffers buffers;
  private final SchemaReader schemaReader;
  private PageSet pageSet;
  private PageOwners owners = new PageOwners();
  private Catalog catalog;
  private final Map<String, Long> rows = new HashMap<>();

  Baseline(
      CaptureOptions options,
      Attachment attachment,
      StoppingListener listener,
      Counters counters,
      CommitsAtRisk atRisk) {
    this.options = options;
    this.attachment = attachment;
    this.listener = listener;
    this.reads = new SnapshotReads(attachment, options.walLimit(), listener, counters, atRisk);
    this.atRisk = atRisk;
    this.filter =
        new TableFilter(options.tables(), options.excludeTables(), options.excludeColumns());
    this.buffers = new PageBuffers(attachment.pageSize());
    this.schemaReader = new SchemaReader();
    this.pageSet = newPageSet();
    this.catalog = Catalog.empty(filter);
  }

  private PageSet newPageSet() {
    return new PageSet(buffers, options.pageSetMemory() / 4 * 3);
  }

  PageBuffers buffers() {
    return buffers;
  }

  PageSet pageSet() {
    return pageSet;
  }

  /** How the pages of the page set are read, as its page 1 says. */
  PageFormat format() {
    return PageFormat.of(pageSet.page(1));
  }

  /** Which tables this run emits. */
  TableFilter filter() {
    return filter;
  }

  Catalog catalog() {
    return catalog;
  }

  Attachment attachment() {
    return attachment;
  }

  /** Forgets everything. */
  void clear() {
    PageSet earlier = pageSet;
    pageSet = newPageSet();
    earlier.close();
    owners = new PageOwners();
    catalog = Catalog.empty(filter);
  }

  /** A decoder that continues from here. */
  TransactionDecoder decoder(Emitter emitter, Journal journal) {
    TransactionPages none = new TransactionPages(buffers, new PageStore(buffers.pageSize(), 0), 0);
    TransactionDiff diff = new TransactionDiff(format(), buffers, pageSet, owners, none);
    return new TransactionDecoder(pageSet, diff, schemaReader, emitter, journal, catalog);
  }

  /**
   * Fills the page set from a snapshot.
   *
   * @param beforeEnd called while its read transaction is still held
   * @return the position at which the tail continues
   */
  WalPosition take(Runnable beforeEnd) {
    try {
      return reads.read(this::scan, beforeEnd);
    } catch (DatabaseException e) {
      throw refused(e);
    }
  }

  /**
   * Fills the page set from a saved one.
   *
   * @param earlier the filter that it was saved under
   * @throws CaptureException if its pages do not make whole trees
   */
  void load(StateStore store, TableFilter earlier) {
    catalog = Catalog.empty(filter.within(earlier));
    store.loadPages(buffers, (image, pageNumber) -> pageSet.put(pageNumber, image));
    try {
      TreeScanner scanner =
          new TreeScanner(
              pageSet,
              format(),
              0,
              (tree, page, kind, parent, image) -> owners.adopt(tree, page, kind, parent));
      scanner.scan(SchemaReader.TREE);
      Schema schema = schemaReader.read(pageSet);
      requireReadable(schema, Reason.REFUSED);
      catalog = catalog.next(schema);
      for (CapturedTable table : catalog.tables()) {
        scanner.scan(table.tree());
      }
    } catch (DatabaseException | UnknownPageException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the saved pages do not make whole tables ("
              + e.getMessage()
              + "): run teardown and setup again, and bootstrap",
          e);
    }
    removeUnowned();
  }

  private void removeUnowned() {
    for (int page : pageSet.pageNumbers()) {
      if (owners.kind(page) == PageOwners.NONE) {
        pageSet.remove(page);
      }
    }
    buffers.endTransaction();
  }

  private CaptureException refused(DatabaseException e) {
    if (e instanceof CorruptDatabaseException damage) {
      return DatabaseChecks.damaged(attachment.database(), Reason.REFUSED, damage);
    }
    return new CaptureException(
        Reason.REFUSED,
        FileNames.text(attachment.database()) + ": " + e.getMessage() + "; start again",
        e);
  }

  private void scan(LimitedSnapshot snapshot) {
    owners = new PageOwners();
    catalog = Catalog.empty(filter);
    long total = snapshot.size();
    SnapshotScan scan =
        new SnapshotScan(
            snapshot,
            buffers,
            pageSet,
            owners,
            done -> listener.progress("scan", done, total, "pages"));
    scan.scan(SchemaReader.TREE);
    Schema schema = schemaReader.read(scan);
    requireTables(schema);
    catalog = catalog.next(schema);
    rows.clear();
    for (CapturedTable table : catalog.tables()) {
      rows.put(table.name(), scan.scan(table.tree()));
    }
    removeUnowned();
  }

  /** How many rows a table had in the snapshot that was taken, as counted by its scan. */
  long rows(CapturedTable table) {
    return rows.getOrDefault(table.name(), 0L);
  }

  /**
   * Looks at the tables that there are now.
   *
   * @param earlier the filter until now
   * @return whether this run's filter names shadow tables that the earlier one did not
   * @throws CaptureException if a table that was asked for is not there
   */
  boolean checkTables(TableFilter earlier) {
    DatabaseConnection connection = attachment.connection();
    connection.beginRead();
    try {
      Attachment.SnapshotAt at = attachment.snapshot();
      atRisk.seen(at.bareFrames());
      Snapshot snapshot = at.snapshot();
      PageSource pages =
          page -> {
            byte[] image = new byte[buffers.pageSize()];
            snapshot.copy(page, image);
            return image;
          };
      new TreeScanner(
              pages,
              PageFormat.of(pages.page(1)),
              snapshot.size(),
              (tree, page, kind, parent, image) -> {})
          .scan(SchemaReader.TREE);
      Schema schema = schemaReader.read(pages);
      requireTables(schema);
      return schema.tables().stream()
          .filter(table -> table.kind() == Table.Kind.SHADOW)
          .anyMatch(table -> filter.accepts(table) && !earlier.accepts(table));
    } catch (DatabaseException e) {
      throw refused(e);
    } finally {
      connection.endRead();
    }
  }

  private void requireTables(Schema schema) {
    List<String> unmatched = filter.unmatched(schema);
    if (!unmatched.isEmpty()) {
      throw new CaptureException(
          Reason.REFUSED,
          attachment.database()
              + ": no such table: "
              + String.join(", ", unmatched)
              + "; it has "
              + (schema.tables().isEmpty()
                  ? "no tables"
                  : String.join(", ", schema.tables().stream().map(t -> t.name()).toList())));
    }
    requireReadable(schema, Reason.REFUSED);
  }

  /** A table that can't be read has rows all the same, which would seem to be gone. */
  private void requireReadable(Schema schema, Reason reason) {
    for (UnreadableTable table : schema.unreadable()) {
      if (filter.accepts(table)) {
        throw new CaptureException(
            reason, FileNames.text(attachment.database()) + ": " + table.refusal());
      }
    }
  }

  /**
   * Fills a transaction with what differs between the page set and a snapshot taken now.
   *
   * @param beforeEnd called while the snapshot's read transaction is still held
   * @return the position at which the tail continues
   */
  WalPosition delta(
      CommittedTransaction net, long epoch, TransactionDecoder current, Runnable beforeEnd) {
    try {
      WalPosition position = reads.read(snapshot -> compare(snapshot, net, current), beforeEnd);
      net.committed(epoch, position.frame(), Backlog.nowMicros(), position);
      return position;
    } catch (DatabaseException e) {
      throw refused(e);
    }
  }

  private void compare(
      LimitedSnapshot snapshot, CommittedTransaction net, TransactionDecoder current) {
    SnapshotDelta delta =
        new SnapshotDelta(snapshot, buffers, pageSet, owners, net.pages, listener);
    delta.compareHeld();
    delta.discover(SchemaReader.TREE);
    Schema schema = schemaReader.read(delta);
    requireReadable(schema, Reason.FAILED);
    for (CapturedTable table : current.catalog(schema).tables()) {
      delta.discover(table.tree());
    }
  }

  @Override
  public void close() {
    try (PageSet pages = pageSet) {
      schemaReader.close();
    }
  }
}
