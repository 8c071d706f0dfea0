// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.inspect.WalInspection;
import dev.waltap.inspect.WalTotals;
import dev.waltap.io.FileNames;
import dev.waltap.text.Paint;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "The WAL for people: generation, frames, transactions, pages and whose they are, and row"
          + " changes where decodable.",
      "Begins with a summary: rows and share of the WAL per table, and what a crash now would keep."
          + " Of an UPDATE the columns are shown that changed, of a change of the schema its SQL;"
          + " a text is in quotes, a number is not.",
      "Also for a copied database and -wal pair. Takes no lock, changes nothing.",
      "Marks commits that a crash would lose, by a fault of SQLite 3.11.0 to 3.50.1."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap inspect app.db",
      "  waltap inspect app.db --last 5",
      "  waltap inspect app.db --skip 50 --limit 10 --rows 100",
      "  waltap inspect app.db --format json | jq 'select(.kind == \"transaction\").changes[]'",
      "  waltap inspect app.db --hex page 1",
      "",
      "Exit codes: 0 done; 1 refused or failed; 2 usage; 141 reader gone."
    })
final class InspectCommand extends ShellCommand {

  private static final String LAST = "--last";

  @Parameters(paramLabel = "DB", description = "The database file; its WAL is beside it.")
  private Path database = Path.of("");

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show so many transactions, from the first one on (50).")
  private long limit = 50;

  @Option(names = "--skip", paramLabel = "N", description = "Leave out the first ones (0).")
  private long skip;

  @Option(
      names = LAST,
      paramLabel = "N",
      description =
          "Show the last N transactions, in their order, instead of the first ones; the summary is"
              + " of the whole WAL all the same.")
  private long last = -1;

  @Option(names = "--rows", paramLabel = "N", description = "Show so many changes of each (10).")
  private int rows = 10;

  @Option(names = "--frames", description = "Show every frame of the transactions.")
  private boolean frames;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description =
          "Lines for people, or JSON objects, one a line, as 'waltap help formats' says (text).")
  private InspectFormat format = InspectFormat.TEXT;

  @Option(
      names = "--hex",
      paramLabel = "FRAME|page N",
      parameterConsumer = HexTarget.Consumer.class,
      description =
          "Instead, one frame, or one page as of the last commit, byte by byte with its fields"
              + " named: headers, cell pointers, cells, freeblocks, overflow.")
  private @Nullable HexTarget hex;

  InspectCommand(Shell shell) {
    super(shell);
  }

  /** A capture's {@code --format} is another one. */
  @Override
  Set<String> onlyTyped() {
    return Set.of("--format");
  }

  @Override
  int run(Console console) throws IOException {
    boolean ofEnd = isTyped(LAST);
    if (limit < 0 || skip < 0 || rows < 0 || (ofEnd && last < 0)) {
      throw usage("--limit, --skip, --last and --rows must be 0 or more");
    }
    if (ofEnd && (isTyped("--limit") || isTyped("--skip"))) {
      throw usage("--last counts from the end, --skip and --limit from the start: give either");
    }
    OutputStream out = new BufferedOutputStream(shell().out(), 1 << 16);
    try (WalInspection inspection = WalInspection.open(database)) {
      if (hex != null) {
        output(out, new InspectRange(0, 0, rows, frames))
            .image(hex.page() ? inspection.page(hex.number()) : inspection.frame(hex.number()));
      } else {
        describe(inspection, out);
      }
      out.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return ExitCode.OK;
  }

  private InspectOutput output(OutputStream out, InspectRange range) {
    return format == InspectFormat.JSON
        ? new InspectJson(out, range)
        : new InspectText(
            out, Paint.of(shell().screen().isColored()), range, FileNames.text(database));
  }

  /** Reads it twice, so that the summary comes first and memory does not grow with the WAL. */
  private void describe(WalInspection inspection, OutputStream out) throws IOException {
    WalTotals totals = new WalTotals();
    inspection.describe(totals);
    InspectOutput output = output(out, range(totals.transactions()));
    output.totals(totals, inspection.noLog());
    if (totals.summary() != null) {
      inspection.describe(output);
    }
    output.end();
  }

  private InspectRange range(long transactions) {
    return last < 0
        ? new InspectRange(skip, limit, rows, frames)
        : new InspectRange(Math.max(0, transactions - last), last, rows, frames);
  }
}
