// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Change;
import dev.waltap.inspect.NoLog;
import dev.waltap.inspect.PageImage;
import dev.waltap.inspect.WalInspection;
import dev.waltap.inspect.WalTotals;
import dev.waltap.text.Paint;
import dev.waltap.text.Plural;
import dev.waltap.text.ValueText;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an inspection finds, for people. For one thread. */
final class InspectText implements InspectOutput {

  /** Why changes can't be shown, mostly, and what to do; behind what was found. */
  private static final String TORN_PAIR =
      "  most often the database file and its -wal were copied at different times, or one of them"
          + " is damaged: copy both while nothing writes or checkpoints, or look at the live"
          + " database; PRAGMA integrity_check says whether that is damaged";

  private final OutputLines out;
  private final Paint paint;
  private final InspectRange range;
  private final String database;
  private final ChangeText changeText;
  private final List<String> shownRows = new ArrayList<>();
  private long shown;
  private long changes;
  private long transactions;
  private int decodedFrom;

  InspectText(OutputStream out, Paint paint, InspectRange range, String database) {
    this.out = new OutputLines(out);
    this.paint = paint;
    this.range = range;
    this.database = database;
    this.changeText = new ChangeText(paint);
  }

  @Override
  public void totals(WalTotals totals, @Nullable NoLog none) {
    WalInspection.Summary summary = totals.summary();
    if (summary == null) {
      out.line(nothing(none));
      return;
    }
    decodedFrom = summary.decodedFrom();
    new InspectSummary(totals, summary, paint, out).print();
  }

  private String nothing(@Nullable NoLog why) {
    String wal = database + "-wal";
    String rest = ": all that is committed is in the database file";
    if (why == NoLog.NO_HEADER) {
      return wal
          + " has no header that SQLite wrote whole, so SQLite takes it for an empty one"
          + rest
          + "; if it is a copy, copy it again, together with the database";
    }
    return wal + " is missing or empty" + rest;
  }

  @Override
  public void change(Change change) {
    changes++;
    if (range.shows(transactions + 1) && shown < range.rows()) {
      shown++;
      changeText.of(change).forEach(line -> shownRows.add("    " + line));
    }
  }

  @Override
  public void transaction(WalInspection.Transaction transaction) {
    transactions++;
    if (range.shows(transactions)) {
      print(transaction);
    }
    shownRows.clear();
    shown = 0;
    changes = 0;
  }

  private void print(WalInspection.Transaction transaction) {
    List<WalInspection.Frame> all = transaction.frames();
    int last = all.get(all.size() - 1).number();
    out.line(
        paint.bold("transaction " + transactions)
            + (all.size() == 1
                ? ": frame " + last
                : ": frames " + all.get(0).number() + " to " + last)
            + ", database of "
            + Plural.of(transaction.databaseSize(), "page")
            + (all.stream().anyMatch(WalInspection.Frame::bare)
                ? ", " + paint.red("AT RISK") + ": frames without checksums"
                : ""));
    if (range.frames()) {
      all.forEach(this::print);
    }
    Map<String, Integer> owners = new TreeMap<>();
    all.forEach(frame -> owners.merge(whose(frame), 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    owners.forEach((owner, count) -> parts.add(count + " of " + owner));
    out.line(paint.faint("  pages: " + String.join(", ", parts)));
    shownRows.forEach(out::line);
    rest(transaction, last);
  }

  private void print(WalInspection.Frame frame) {
    out.line(
        paint.faint(
            "  frame "
                + frame.number()
                + ": page "
                + Integer.toUnsignedString(frame.page())
                + ", "
                + whose(frame)
                + (frame.bare() ? ", no checksum" : "")));
  }

  private void rest(WalInspection.Transaction transaction, int last) {
    if (changes > shown) {
      out.line("    and " + (changes - shown) + " more: --rows shows them");
    } else if (transaction.decoded() && changes == 0) {
      out.line("    no row changed" + unless(transaction));
    } else if (!transaction.decoded() && last <= decodedFrom) {
      out.line("    row changes unknown: what was before may be overwritten");
    }
  }

  /** What there may be in pages that are not decoded. */
  private static String unless(WalInspection.Transaction transaction) {
    boolean own =
        transaction.frames().stream().anyMatch(frame -> frame.table().startsWith("sqlite_"));
    boolean any = transaction.frames().stream().anyMatch(frame -> !frame.table().isEmpty());
    return any && own ? " in a table of the application; SQLite's own tables are not decoded" : "";
  }

  private static String whose(WalInspection.Frame frame) {
    if (frame.owner().isEmpty()) {
      return "none known (free by now, or of what could not be read)";
    }
    String owner = ValueText.visible(frame.owner());
    return frame.kind().isEmpty() ? owner : owner + " (" + frame.kind() + ")";
  }

  @Override
  public void undecodable(String why) {
    out.line(
        paint.yellow("row changes can't be decoded from here on") + ": " + Console.oneLine(why));
    out.line(TORN_PAIR);
  }

  @Override
  public void image(PageImage image) {
    new PageImageText(image, paint, out).print();
  }

  @Override
  public void end() {
    long behind = range.behind(transactions);
    if (behind > 0) {
      out.line(
          Plural.of(behind, "more transaction")
              + ": --skip "
              + (range.skip() + range.limit())
              + " shows the next, --last "
              + Math.max(1, range.limit())
              + " the last");
    } else if (transactions > 0 && transactions <= range.skip()) {
      out.line("the WAL holds " + Plural.of(transactions, "transaction") + " only");
    }
  }
}
