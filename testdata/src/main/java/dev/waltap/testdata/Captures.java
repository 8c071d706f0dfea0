package dev.waltap.testdata;

import dev.waltap.Waltap;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import dev.waltap.testdata.oracle.SqlCapture;
import java.util.Locale;

/** The captures that can be judged, by name. */
public final class Captures {
  private Captures() {}

  /** The product itself, by its builder. */
  public static CaptureFactory waltap() {
    return (database, handler, listener) ->
        Waltap.open(database).handler(handler).listener(listener).build();
  }

  /** A capture by SQL alone, to try the tests themselves. */
  public static CaptureFactory sql() {
    return (database, handler, listener) ->
        new SqlCapture(database, handler, listener, changes -> changes);
  }

  /**
   * The product as it holds read transactions all the time, so that no writer overruns it: a gap,
   * which ends it, means that it could not follow a transaction.
   */
  public static CaptureFactory withoutGaps(String... tables) {
    return (database, handler, listener) ->
        Waltap.open(database)
            .tables(tables)
            .guard(GuardMode.ALWAYS)
            .onGap(GapPolicy.FAIL)
            .handler(handler)
            .listener(listener)
            .build();
  }

  /** The one of this name: {@code waltap}, {@code without-gaps} or {@code sql}. */
  public static CaptureFactory named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "waltap" -> waltap();
      case "without-gaps" -> withoutGaps();
      case "sql" -> sql();
      default -> throw new IllegalArgumentException("no capture called " + name);
    };
  }
}
