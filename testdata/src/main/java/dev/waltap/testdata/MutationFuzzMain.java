package dev.waltap.testdata;

import dev.waltap.testdata.mutation.MutationFuzzer;

/**
 * Damages bytes and looks at what capture makes of them, from the command line, until time or
 * inputs are up, or the first input that ends in anything but the right rows or a declared
 * exception; that ends it with exit code 1 and says how to run it again.
 *
 * <p>Options: {@code --seed N} (the first one; each input has the next), {@code --inputs N}, {@code
 * --minutes N}. One input again: {@code --seed N --inputs 1}.
 */
public final class MutationFuzzMain {
  private MutationFuzzMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    long seed = System.nanoTime() & 0xffffffL;
    long inputs = Long.MAX_VALUE;
    long minutes = 1;
    for (int i = 0; i + 1 < args.length; i += 2) {
      long value = Long.parseLong(args[i + 1]);
      switch (args[i]) {
        case "--seed" -> seed = value;
        case "--inputs" -> inputs = value;
        case "--minutes" -> minutes = value;
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    System.exit(new MutationFuzzer().run(seed, inputs, minutes, System.out::println) ? 0 : 1);
  }
}
