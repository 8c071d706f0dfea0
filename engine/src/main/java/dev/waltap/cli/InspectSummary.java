// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.inspect.Recovery;
import dev.waltap.inspect.WalInspection;
import dev.waltap.inspect.WalTotals;
import dev.waltap.io.FileNames;
import dev.waltap.text.Paint;
import dev.waltap.text.Plural;
import dev.waltap.text.ValueText;
import dev.waltap.wal.ChainEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The whole WAL in few lines: where it stands, what is in it, what a crash would leave. */
final class InspectSummary {
  private static final int WIDEST_NAME = 40;

  /** SQLite recovers no frames behind damage, so that the next writer overwrites them. */
  private static final String DAMAGE_ADVICE =
      "copy the database and its -wal before anything opens or writes to them, if those commits"
          + " matter";

  private final WalTotals totals;
  private final WalInspection.Summary wal;
  private final Paint paint;
  private final OutputLines out;

  InspectSummary(WalTotals totals, WalInspection.Summary wal, Paint paint, OutputLines out) {
    this.totals = totals;
    this.wal = wal;
    this.paint = paint;
    this.out = out;
  }

  void print() {
    out.line(
        paint.bold(FileNames.text(wal.wal()))
            + ": generation "
            + wal.salts()
            + ", checkpoint sequence "
            + Integer.toUnsignedString(wal.checkpointSequence()));
    out.line(
        "  "
            + Plural.of(wal.committed(), "frame")
            + " committed, "
            + (wal.fromIndex() ? "says the wal-index" : "by checksums (no -shm in use)")
            + "; room for "
            + wal.frames()
            + ", pages of "
            + wal.pageSize()
            + " bytes");
    if (totals.transactions() > 0) {
      out.line("  " + contents());
    }
    crash();
    position();
    tables();
  }

  private String contents() {
    long inserted = 0;
    long updated = 0;
    long deleted = 0;
    long schema = 0;
    for (WalTotals.Table table : totals.tables()) {
      inserted += table.inserted();
      updated += table.updated();
      deleted += table.deleted();
      schema += table.schemaChanges();
    }
    List<String> parts = new ArrayList<>();
    part(parts, inserted, "row", " inserted");
    part(parts, updated, "row", " updated");
    part(parts, deleted, "row", " deleted");
    part(parts, schema, "schema change", "");
    part(parts, totals.undecoded(), "transaction", " not decoded");
    return Plural.of(totals.transactions(), "transaction")
        + ": "
        + (parts.isEmpty() ? "no row changed" : String.join(", ", parts));
  }

  private static void part(List<String> parts, long number, String unit, String what) {
    if (number > 0) {
      parts.add(Plural.of(number, unit) + what);
    }
  }

  private void crash() {
    if (wal.firstBare() > 0) {
      out.line(
          "  "
              + paint.red("at risk from frame " + wal.firstBare() + " on")
              + ": "
              + CommitsAtRisk.WHAT);
      out.line("  " + CommitsAtRisk.ADVICE);
    }
    long all = totals.transactions();
    long kept = totals.kept();
    if (isDamaged()) {
      out.line(
          "  "
              + paint.red(
                  "a crash now would keep "
                      + (all == 0 ? "no transaction" : Plural.of(all, "transaction"))
                      + ", and lose "
                      + Plural.of(wal.recovery().lostCommits(), "commit")
                      + " at or behind frame "
                      + wal.recovery().damagedFrame()));
      return;
    }
    if (wal.committed() == 0) {
      return;
    }
    String crash = "a crash now would keep ";
    if (kept < all) {
      out.line(
          "  "
              + paint.red(crash + kept + " of " + Plural.of(all, "transaction"))
              + (kept == 0 ? "" : ", up to frame " + wal.recovery().lastCommit())
              + (totals.atRisk() == 0
                  ? ""
                  : " (" + Plural.of(totals.atRisk(), "commit") + " at risk)")
              + because());
      return;
    }
    out.line(
        "  "
            + crash
            + (all == 1 ? "this transaction" : "all " + all + " transactions")
            + "; a power failure, those only that were synced: every one with synchronous=FULL, up"
            + " to the latest checkpoint with NORMAL");
  }

  /** Whether commits are lost already, since only a wal-index could have proved them. */
  private boolean isDamaged() {
    return wal.recovery().damagedFrame() > 0 && !wal.fromIndex();
  }

  /** Why a crash would lose what is committed, where that was not said yet. */
  private String because() {
    if (wal.recovery().damagedFrame() > 0) {
      return "; " + damage() + "; " + DAMAGE_ADVICE;
    }
    String end = wal.recovery().end() == ChainEnd.BARE ? "" : end();
    return end.isEmpty() ? "" : "; " + end;
  }

  /** What is wrong with the frame at which SQLite's recovery stops, though commits follow. */
  private String damage() {
    Recovery recovery = wal.recovery();
    String why =
        switch (recovery.end()) {
          case CHECKSUM -> "its checksum does not fit";
          case OTHER_GENERATION -> "its salts are not those of this WAL";
          default -> "it is no frame, but zeros or garbage";
        };
    return "damaged at frame "
        + recovery.damagedFrame()
        + ": "
        + why
        + "; "
        + Plural.of(recovery.lostCommits(), "commit")
        + " at or behind it that SQLite does not recover";
  }

  /** What is behind the committed frames, and how far the database file is. */
  private void position() {
    int behind = wal.recovery().lastChained() - wal.committed();
    if (wal.committed() == 0 && wal.leftover() > 0 && wal.fromIndex()) {
      out.line(
          "  "
              + Plural.of(wal.leftover(), "frame")
              + " "
              + Plural.be(wal.leftover())
              + " left from before: the database file has what is in them");
    } else if (isDamaged()) {
      out.line("  " + paint.red(damage()) + "; " + DAMAGE_ADVICE);
    } else if (wal.leftover() > 0 || wal.recovery().end() != ChainEnd.END_OF_FILE) {
      if (wal.leftover() > 0) {
        out.line(
            "  "
                + Plural.of(wal.leftover(), "frame")
                + " behind them: under way, or rolled back"
                + (behind > 0 ? "; no commit follows, so they count for nothing" : ""));
      }
      String end = wal.fromIndex() ? "" : end();
      if (!end.isEmpty()) {
        out.line("  " + end);
      }
    }
    if (wal.backfilled() > 0) {
      out.line(
          (wal.fromIndex() ? "  checkpointed" : "  perhaps checkpointed")
              + " up to frame "
              + wal.backfilled()
              + ": the database file may hold later pages than those before it, so what rows were"
              + " before is known after frame "
              + wal.decodedFrom()
              + " only");
    }
  }

  /** Why SQLite's recovery reads no further. */
  private String end() {
    Recovery recovery = wal.recovery();
    String next = "frame " + (recovery.lastChained() + 1);
    return switch (recovery.end()) {
      case END_OF_FILE, OTHER_GENERATION -> "";
      case CUT_OFF -> next + " is cut off, the file ends within it: it counts for nothing";
      case CHECKSUM ->
          next
              + " does not follow from the one before it, by its checksum: it is torn, or left of a"
              + " transaction that was rolled back; SQLite's recovery ends before it";
      case NO_FRAME -> next + " is none, but zeros or garbage: SQLite's recovery ends before it";
      case BARE ->
          "the next frame has no checksum, as SQLite 3.11.0 to 3.50.1 commits some: without the"
              + " -shm it was written with, commits from there on are lost, to SQLite's recovery,"
              + " too";
    };
  }

  private void tables() {
    if (totals.transactions() == 0) {
      return;
    }
    int width = 0;
    for (WalTotals.Table table : totals.tables()) {
      width = Math.max(width, Math.min(WIDEST_NAME, name(table).length()));
    }
    out.line("");
    String format = "  %-" + width + "s  %7s  %6s  %s";
    out.line(paint.faint(row(format, "table", "frames", "of WAL", "rows")));
    for (WalTotals.Table table : totals.tables()) {
      double share = 100.0 * table.frames() / Math.max(1, wal.committed());
      out.line(
          row(
              format,
              name(table),
              Long.toString(table.frames()),
              String.format(Locale.ROOT, "%.0f %%", share),
              rows(table)));
    }
    out.line("");
  }

  private static String row(String format, Object... columns) {
    return String.format(Locale.ROOT, format, columns).stripTrailing();
  }

  private static String name(WalTotals.Table table) {
    return table.name().isEmpty() ? "(unknown)" : ValueText.visible(table.name());
  }

  private static String rows(WalTotals.Table table) {
    List<String> parts = new ArrayList<>();
    signed(parts, "+", table.inserted());
    signed(parts, "~", table.updated());
    signed(parts, "-", table.deleted());
    part(parts, table.schemaChanges(), "schema change", "");
    if (table.indexFrames() > 0) {
      parts.add("(" + Plural.of(table.indexFrames(), "frame") + " of indexes)");
    }
    return String.join(" ", parts);
  }

  private static void signed(List<String> parts, String sign, long number) {
    if (number > 0) {
      parts.add(sign + number);
    }
  }
}
