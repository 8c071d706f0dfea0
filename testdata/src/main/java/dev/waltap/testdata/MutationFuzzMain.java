// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.mutation.LayerKind;
import dev.waltap.testdata.mutation.MutationFuzzer;
import java.util.Locale;

/**
 * Damages bytes and looks at what capture makes of them, from the command line, until time or
 * inputs are up, or the first input that ends in anything but the right rows or a declared
 * exception; that ends it with exit code 1 and says how to run it again.
 *
 * <p>Options: {@code --seed N} (the first one; each input has the next), {@code --inputs N}, {@code
 * --minutes N}, {@code --layer NAME} (pages, log, inspect, sqlite, state, capture; all of them by
 * default, drawn by the seed). One input again: {@code --layer NAME --seed N --inputs 1}. Should
 * the JVM itself die, the last line of progress says from which seed on.
 */
public final class MutationFuzzMain {
  private MutationFuzzMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    AllChecks.turnOn();
    long seed = System.nanoTime() & 0xffffffL;
    long inputs = Long.MAX_VALUE;
    long minutes = 1;
    LayerKind layer = null;
    for (int i = 0; i + 1 < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(value);
        case "--inputs" -> inputs = Long.parseLong(value);
        case "--minutes" -> minutes = Long.parseLong(value);
        case "--layer" -> layer = LayerKind.valueOf(value.toUpperCase(Locale.ROOT));
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    boolean passed;
    try (MutationFuzzer fuzzer = new MutationFuzzer(layer, line -> System.out.println(line))) {
      passed = fuzzer.run(seed, inputs, minutes);
    }
    System.exit(passed ? 0 : 1);
  }
}
