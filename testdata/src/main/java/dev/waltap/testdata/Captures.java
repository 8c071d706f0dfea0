// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import dev.waltap.testdata.oracle.SqlCapture;
import dev.waltap.wal.GapReason;
import java.util.Locale;

/** The captures that can be judged, by name. */
public final class Captures {
  private Captures() {}

  /** The product itself, by its builder: of some tables, or of all. */
  public static CaptureFactory waltap(String... tables) {
    return (database, handler, listener) ->
        Waltap.open(database).tables(tables).handler(handler).listener(listener).build();
  }

  /** A capture by SQL alone, to try the tests themselves. */
  public static CaptureFactory sql() {
    return (database, handler, listener) ->
        new SqlCapture(database, handler, listener, changes -> changes);
  }

  /**
   * The product, which fails when it can't follow a transaction that it has read. That a writer
   * overran it may happen on any machine, and is no failure.
   */
  public static CaptureFactory withoutGaps(String... tables) {
    return (database, handler, listener) ->
        Waltap.open(database)
            .tables(tables)
            .handler(handler)
            .listener(new Following(listener))
            .build();
  }

  private record Following(CaptureListener listener) implements CaptureListener {
    @Override
    public void ready() {
      listener.ready();
    }

    @Override
    public void warning(String message) {
      if (message.contains(GapReason.PAGE_NOT_HELD.clause())) {
        throw new AssertionError(message);
      }
    }
  }

  /** The product with the guard of full history, which fails when history is lost. */
  public static CaptureFactory always(String... tables) {
    return (database, handler, listener) ->
        Waltap.open(database)
            .tables(tables)
            .guard(GuardMode.ALWAYS)
            .onGap(GapPolicy.FAIL)
            .handler(handler)
            .listener(listener)
            .build();
  }

  /**
   * The one of this name: {@code waltap}, {@code without-gaps}, {@code always} or {@code sql},
   * which captures all tables, whatever is asked for.
   */
  public static CaptureFactory named(String name, String... tables) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "waltap" -> waltap(tables);
      case "without-gaps" -> withoutGaps(tables);
      case "always" -> always(tables);
      case "sql" -> sql();
      default -> throw new IllegalArgumentException("no capture called " + name);
    };
  }
}
