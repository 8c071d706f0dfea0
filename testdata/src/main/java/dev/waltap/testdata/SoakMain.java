package dev.waltap.testdata;

import dev.waltap.testdata.soak.SoakOptions;
import dev.waltap.testdata.soak.Soaks;
import java.util.Locale;

/**
 * Shows what a busy database and its capture do to each other, and prints the figures: {@code
 * SoakMain SCENARIO [options]}. Exit code 1 if a replica differs or a database is damaged.
 *
 * <p>Scenarios: {@code load} (a writer alone, with capture, alone again), {@code stop} (SIGSTOP of
 * the capture), {@code truncate} (a checkpoint each second), {@code kill} (SIGKILL of writers and
 * captures), {@code latency}, {@code idle}, {@code twin}, {@code slow} (a consumer that falls far
 * behind, at -Xmx128m). Options: see {@link SoakOptions}.
 */
public final class SoakMain {
  private SoakMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      System.err.println(
          "usage: SoakMain load|stop|truncate|kill|latency|idle|twin|slow [options]");
      System.exit(2);
    }
    SoakOptions options = SoakOptions.parse(args);
    Soaks soaks = new Soaks(options);
    boolean good =
        switch (args[0].toLowerCase(Locale.ROOT)) {
          case "load" -> soaks.load();
          case "stop" -> soaks.stop();
          case "truncate" -> soaks.truncate();
          case "kill" -> soaks.kill();
          case "latency" -> soaks.latency();
          case "idle" -> soaks.idle();
          case "twin" -> soaks.twin();
          case "slow" -> soaks.slow();
          default -> throw new IllegalArgumentException("no scenario " + args[0]);
        };
    System.exit(good ? 0 : 1);
  }
}
