// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.json.BlobFormat;
import dev.waltap.text.Plural;
import dev.waltap.text.Style;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows the SQL of each transaction beside its events, and how long these took from the commit to
 * this handler. Any thread may call it, one at a time writes. Whoever made the stream closes it.
 */
public final class DemoShow implements ChangesHandler {

  private static final List<List<Word>> NOTHING =
      List.of(Word.all("none: it was rolled back", Style.FAINT));

  private final OutputStream out;
  private final Turns turns;
  private final Layout layout;
  private final boolean withJson;
  private final JsonLinesHandler json;
  private final Latencies latencies = new Latencies();
  private Tally tally = new Tally();
  private boolean opened;
  private long changes;
  private long transactions;
  private long rollbacks;

  /**
   * A show of what happens in a shop.
   *
   * @param columns how wide a line is
   * @param withJson whether each event is also shown as consumers get it
   */
  public DemoShow(DemoShop shop, OutputStream out, int columns, boolean color, boolean withJson) {
    this.out = out;
    this.turns = shop.turns();
    this.layout = new Layout(columns, color);
    this.withJson = withJson;
    this.json = new JsonLinesHandler(out, BlobFormat.HEX);
  }

  @Override
  public synchronized void handleChanges(List<Change> batch) throws IOException {
    long now = System.nanoTime();
    for (Change change : batch) {
      tally.add(change);
      if (change.transaction().last()) {
        show(turns.last(), now);
        tally = new Tally();
      }
    }
  }

  private void show(Turns.Turn turn, long now) throws IOException {
    long took = now - turn.committing();
    String text = tally.isSnapshot() ? "" : Latencies.text(took);
    write(head() + layout.block(turn.transaction().statements(), tally.words(), text));
    if (withJson && !tally.shown().isEmpty()) {
      json.handleChanges(tally.shown());
      write("\n");
    }
    if (!tally.isSnapshot()) {
      latencies.add(took);
      changes += tally.changes();
      transactions++;
    }
  }

  /** What stands above all, once. */
  private String head() {
    String head = opened ? "" : "\n" + layout.head();
    opened = true;
    return head;
  }

  /** Shows the transaction that was run last, of which nothing came out. */
  public synchronized void rolledBack() throws IOException {
    rollbacks++;
    write(layout.block(turns.last().transaction().statements(), NOTHING, ""));
  }

  /** How many changes were shown so far, the rows that were there before left out. */
  public synchronized long changes() {
    return changes;
  }

  /**
   * Writes what it comes to; when the shop has stopped.
   *
   * @param command how this program is started
   */
  public synchronized void close(DemoShop shop, String command) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(layout.paragraph(emitted()));
    text.append(layout.paragraph(written(shop)));
    text.append("\nNext, a database of your own, in WAL mode:\n  ");
    text.append(command).append(" cdc app.db\n");
    write(text.toString());
  }

  private List<Word> emitted() {
    List<Word> words = new ArrayList<>();
    words.add(new Word(Tally.number(changes), Style.BOLD));
    String more =
        (changes == 1 ? "change" : "changes")
            + " emitted, of "
            + Plural.of(transactions, "transaction");
    if (rollbacks > 0) {
      more += ", none of what was rolled back";
    }
    words.addAll(Word.all(more, Style.PLAIN));
    if (!latencies.isEmpty()) {
      words.add(words.remove(words.size() - 1).plus(";"));
      words.addAll(Word.all("from commit to handler", Style.PLAIN));
      words.add(new Word(Latencies.text(latencies.quantile(0.5)), Style.BOLD));
      words.addAll(
          Word.all("(p50), at most " + Latencies.text(latencies.quantile(1)), Style.PLAIN));
    }
    return words;
  }

  /** The application's own connection is the witness: a commit of ours would be another's. */
  private static List<Word> written(DemoShop shop) {
    List<Word> words = new ArrayList<>();
    words.add(new Word(shop.foreignWriter() ? "Some" : "0", Style.BOLD));
    String bytes =
        shop.foreignWriter()
            ? "bytes were written to the database by another connection:"
                + " PRAGMA data_version has changed"
            : "bytes written to the database by Waltap: the application saw no commit but its own"
                + " (PRAGMA data_version)";
    words.addAll(Word.all(bytes, Style.PLAIN));
    return words;
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
