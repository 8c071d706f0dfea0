// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Change;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.inspect.WalInspection;
import dev.waltap.io.FileNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "The WAL for people: generation, frames, transactions, pages and whose they are, and row"
          + " changes where decodable.",
      "Also for a copied database and -wal pair. Takes no lock, changes nothing.",
      "Marks commits that a crash would lose, by a fault of SQLite 3.11.0 to 3.50.1."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap inspect app.db",
      "  waltap inspect app.db --skip 50 --limit 10 --rows 100",
      "",
      "Exit codes: 0 done; 1 refused or failed; 2 usage; 141 reader gone."
    })
final class InspectCommand extends ShellCommand {

  @Parameters(paramLabel = "DB", description = "The database file; its WAL is beside it.")
  private Path database = Path.of("");

  @Option(names = "--limit", paramLabel = "N", description = "Show so many transactions (50).")
  private long limit = 50;

  @Option(names = "--skip", paramLabel = "N", description = "Leave out the first ones (0).")
  private long skip;

  @Option(names = "--rows", paramLabel = "N", description = "Show so many changes of each (10).")
  private int rows = 10;

  @Option(names = "--frames", description = "Show every frame of the transactions.")
  private boolean frames;

  InspectCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Console console) throws IOException {
    if (limit < 0 || skip < 0 || rows < 0) {
      throw usage("--limit, --skip and --rows must be 0 or more");
    }
    OutputStream out = new BufferedOutputStream(shell().out(), 1 << 16);
    try (WalInspection inspection = WalInspection.open(database)) {
      Printer printer = new Printer(out);
      inspection.describe(printer);
      printer.end();
      out.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return ExitCode.OK;
  }

  /** Writes what is found, as far as it was asked for. */
  private final class Printer implements WalInspection.Sink {
    private final OutputStream out;
    private final List<String> shownRows = new ArrayList<>();
    private long changes;
    private long transactions;
    private int backfilled;

    Printer(OutputStream out) {
      this.out = out;
    }

    private void line(String text) {
      try {
        // The indentation is not to be stripped.
        String line = Console.oneLine("x" + text).substring(1) + "\n";
        out.write(line.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void summary(WalInspection.@Nullable Summary wal) {
      if (wal == null) {
        line(
            FileNames.text(database)
                + "-wal is missing or empty: all that is committed is in the database file");
        return;
      }
      backfilled = wal.decodedFrom();
      line(
          wal.wal()
              + ": generation "
              + wal.salts()
              + ", checkpoint sequence "
              + wal.checkpointSequence());
      line(
          "  "
              + wal.committed()
              + " frames committed, "
              + (wal.fromIndex() ? "says the wal-index" : "by their checksums (no -shm in use)")
              + "; room for "
              + wal.frames()
              + ", pages of "
              + wal.pageSize()
              + " bytes");
      if (wal.firstBare() > 0) {
        line("  at risk from frame " + wal.firstBare() + " on: " + CommitsAtRisk.WHAT);
        line("  " + CommitsAtRisk.ADVICE);
      }
      if (wal.endsAtBare()) {
        line(
            "  the next frame has no checksum, as SQLite 3.11.0 to 3.50.1 commits some: without the"
                + " -shm it was written with, commits from there on are lost, to SQLite's recovery,"
                + " too");
      }
      if (wal.leftover() > 0) {
        line(
            "  "
                + wal.leftover()
                + (wal.committed() == 0
                    ? " frames are left from before: they are in the database file"
                    : " frames behind them: under way, or rolled back"));
      }
      if (wal.backfilled() > 0) {
        line(
            (wal.fromIndex() ? "  checkpointed" : "  perhaps checkpointed")
                + " up to frame "
                + wal.backfilled()
                + ": what rows were before is known after frame "
                + wal.decodedFrom()
                + " only");
      }
    }

    @Override
    public void change(Change change) {
      changes++;
      if (transactions >= skip && shownRows.size() < rows) {
        String text = change.toString();
        shownRows.add("    " + text.substring(text.indexOf(' ') + 1));
      }
    }

    @Override
    public void transaction(WalInspection.Transaction transaction) {
      transactions++;
      if (transactions > skip && transactions - skip <= limit) {
        print(transaction);
      }
      shownRows.clear();
      changes = 0;
    }

    private void print(WalInspection.Transaction transaction) {
      List<WalInspection.Frame> all = transaction.frames();
      int last = all.get(all.size() - 1).number();
      line(
          "transaction "
              + transactions
              + ": frames "
              + all.get(0).number()
              + " to "
              + last
              + ", database of "
              + transaction.databaseSize()
              + " pages"
              + (all.stream().anyMatch(WalInspection.Frame::bare)
                  ? ", AT RISK: frames without checksums"
                  : ""));
      if (frames) {
        for (WalInspection.Frame frame : all) {
          line(
              "  frame "
                  + frame.number()
                  + ": page "
                  + frame.page()
                  + ", "
                  + whose(frame)
                  + (frame.bare() ? ", no checksum" : ""));
        }
      }
      Map<String, Integer> owners = new TreeMap<>();
      all.forEach(frame -> owners.merge(whose(frame), 1, Integer::sum));
      List<String> parts = new ArrayList<>();
      owners.forEach((owner, count) -> parts.add(count + " of " + owner));
      line("  pages: " + String.join(", ", parts));
      shownRows.forEach(this::line);
      if (changes > shownRows.size()) {
        line("    and " + (changes - shownRows.size()) + " more: --rows shows them");
      } else if (transaction.decoded() && changes == 0) {
        line("    no row changed");
      } else if (!transaction.decoded() && last <= backfilled) {
        line("    row changes unknown: what was before may be overwritten");
      }
    }

    private String whose(WalInspection.Frame frame) {
      if (frame.owner().isEmpty()) {
        return "none known (free, new in an index, or pointer map)";
      }
      return frame.kind().isEmpty() ? frame.owner() : frame.owner() + " (" + frame.kind() + ")";
    }

    @Override
    public void undecodable(String why) {
      line("row changes can't be decoded from here on: " + why);
    }

    void end() {
      if (transactions > skip + limit) {
        line(
            (transactions - skip - limit)
                + " more transactions: --skip "
                + (skip + limit)
                + " shows the next");
      } else if (transactions > 0 && transactions <= skip) {
        line("the WAL holds " + transactions + " transactions only");
      }
    }
  }
}
