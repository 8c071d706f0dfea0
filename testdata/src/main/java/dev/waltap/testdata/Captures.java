package dev.waltap.testdata;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import dev.waltap.testdata.oracle.SqlCapture;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Locale;

/** The captures that can be judged, by name. */
public final class Captures {
  private Captures() {}

  /** The product itself, by its builder. */
  public static CaptureFactory waltap() {
    return Captures::openWaltap;
  }

  /** A capture by SQL alone, to try the tests themselves. */
  public static CaptureFactory sql() {
    return (database, handler, listener) ->
        new SqlCapture(database, handler, listener, changes -> changes);
  }

  /** The one of this name: {@code waltap} or {@code sql}. */
  public static CaptureFactory named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "waltap" -> waltap();
      case "sql" -> sql();
      default -> throw new IllegalArgumentException("no capture called " + name);
    };
  }

  // By reflection, so that the oracle can be built and tested before the engine is.
  private static ChangeDataCapture openWaltap(
      Path database, ChangesHandler handler, CaptureListener listener) throws Exception {
    try {
      Object builder =
          Class.forName("dev.waltap.Waltap").getMethod("open", Path.class).invoke(null, database);
      call(builder, "handler", ChangesHandler.class, handler);
      call(builder, "listener", CaptureListener.class, listener);
      return (ChangeDataCapture) builder.getClass().getMethod("build").invoke(builder);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void call(Object builder, String method, Class<?> type, Object argument)
      throws ReflectiveOperationException {
    builder.getClass().getMethod(method, type).invoke(builder, argument);
  }
}
