// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** Sends all metrics every now and then, by a {@link PushProvider}. For any thread. */
public final class MetricsPush implements Closeable {
  private final Meters meters;

  private MetricsPush(Meters meters) {
    this.meters = meters;
  }

  /**
   * Begins to send.
   *
   * @param address of the receiver; it need not answer yet
   * @param interval between two times
   * @param version of this program
   * @param warnings takes what goes wrong, from any thread
   * @throws IOException if what sends is not there; the message says what to do
   */
  public static MetricsPush open(
      URI address, Duration interval, Monitor monitor, String version, Consumer<String> warnings)
      throws IOException {
    PushProvider provider =
        ServiceLoader.load(PushProvider.class, PushProvider.class.getClassLoader())
            .findFirst()
            .orElseThrow(
                () ->
                    new IOException(
                        "--otlp needs waltap-otlp.jar, which is not there: put it into the same"
                            + " directory as waltap.jar"));
    return new MetricsPush(
        new Meters(provider.open(address, interval, version, warnings), monitor, version));
  }

  /** Sends once more, and ends. */
  @Override
  public void close() {
    meters.refresh();
    meters.close();
  }
}
