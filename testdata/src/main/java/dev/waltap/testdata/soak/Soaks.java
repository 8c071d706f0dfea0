// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

/** The scenarios of {@link dev.waltap.testdata.SoakMain}. */
public final class Soaks {
  /** All of them, for people. */
  public static final String USAGE =
      """
      usage: SoakMain SCENARIO [options]
        load      writers alone and captured, in turn: slowdown, overruns, size of the WAL
        stop      SIGSTOP of the capture in mid-load, and SIGCONT
        truncate  wal_checkpoint(TRUNCATE) once a second under load, alone and captured
        kill      SIGKILL of writers and captures at random moments
        latency   commit to handler at a steady rate
        idle      CPU time without commits, then the latency of the first one
        slow      a consumer that falls far behind, at -Xmx128m, and then recovers
        twin      the same statements with and without a capture
      """;

  private Soaks() {}

  /** The one of this name. */
  public static Soak named(String name, SoakOptions options) {
    return switch (name) {
      case "load" -> new LoadSoak(options);
      case "stop" -> new StopSoak(options);
      case "truncate" -> new TruncateSoak(options);
      case "kill" -> new KillSoak(options);
      case "latency" -> new LatencySoak(options);
      case "idle" -> new IdleSoak(options);
      case "slow" -> new SlowSoak(options);
      case "twin" -> new TwinSoak(options);
      default -> throw new IllegalArgumentException("no scenario " + name);
    };
  }
}
