// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How the process is watched.
 *
 * @param address where to listen; port 0 for any that is free
 * @param token what whoever asks has to know; null only on the loopback
 * @param bound how far a capture may be behind and still count as ready
 * @param rows whether the page shows what is in the rows
 * @param version of this program
 */
public record MonitorSettings(
    InetSocketAddress address,
    @Nullable String token,
    LagBound bound,
    boolean rows,
    String version) {

  public MonitorSettings {
    if (token == null && !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "whoever can reach "
              + address.getHostString()
              + " could read what is captured: give a token, too, or stay on the loopback");
    }
  }
}
