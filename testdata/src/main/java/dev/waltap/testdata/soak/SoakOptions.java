package dev.waltap.testdata.soak;

/**
 * What a soak is told.
 *
 * @param seconds how long each part of it takes
 * @param rate commits per second of each writer; 0 for as fast as it can
 * @param synchronous of the writers
 * @param writers how many writer processes there are
 * @param guard of the capture
 * @param times how often something is stopped or killed
 * @param stopSeconds how long the capture stands still
 * @param take changes per second that a slow consumer takes
 */
public record SoakOptions(
    double seconds,
    double rate,
    String synchronous,
    int writers,
    String guard,
    int times,
    double stopSeconds,
    double take) {

  /**
   * Reads {@code --seconds N --rate N --sync MODE --writers N --guard MODE --times N --stop N
   * --take N}.
   */
  public static SoakOptions parse(String... args) {
    SoakOptions o = new SoakOptions(10, 0, "NORMAL", 1, "adaptive", 5, 2, 100);
    for (int i = 1; i + 1 < args.length; i += 2) {
      o = o.with(args[i], args[i + 1]);
    }
    return o;
  }

  private SoakOptions with(String name, String value) {
    boolean known =
        switch (name) {
          case "--seconds",
              "--rate",
              "--sync",
              "--writers",
              "--guard",
              "--times",
              "--stop",
              "--take" ->
              true;
          default -> false;
        };
    if (!known) {
      throw new IllegalArgumentException("no option " + name);
    }
    return new SoakOptions(
        name.equals("--seconds") ? Double.parseDouble(value) : seconds,
        name.equals("--rate") ? Double.parseDouble(value) : rate,
        name.equals("--sync") ? value : synchronous,
        name.equals("--writers") ? Integer.parseInt(value) : writers,
        name.equals("--guard") ? value : guard,
        name.equals("--times") ? Integer.parseInt(value) : times,
        name.equals("--stop") ? Double.parseDouble(value) : stopSeconds,
        name.equals("--take") ? Double.parseDouble(value) : take);
  }
}
