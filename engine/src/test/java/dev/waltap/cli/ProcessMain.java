// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;

import dev.waltap.api.Change;
import java.util.Collections;
import java.util.List;

/** The command line as a process, with a capture that delivers until it is closed. */
final class ProcessMain {

  private ProcessMain() {}

  public static void main(String[] args) {
    Shell process = Shell.ofProcess();
    List<Change> batch = Collections.nCopies(100, insert(row("id", 1L, "name", "Ä")));
    Shell shell =
        new Shell(
            process.out(),
            process.err(),
            false,
            builder -> new FakeCapture(builder.options(), batch, true),
            process.signals());
    System.exit(Main.run(shell, Arguments.asGiven(args)));
  }
}
