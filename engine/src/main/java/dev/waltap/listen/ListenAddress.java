// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where to listen.
 *
 * @param host a name or address, an IPv6 address without its brackets
 * @param port 0 for any that is free
 */
public record ListenAddress(String host, int port) {
  private static final int MAX_PORT = 65_535;
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * Reads {@code PORT}, {@code HOST:PORT} or {@code [IPV6]:PORT}; without a host it is the loopback
   * address.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? LOOPBACK : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw bad(text);
    }
    if (host.isEmpty()) {
      throw bad(text);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= MAX_PORT) {
        return new ListenAddress(host, port);
      }
    } catch (NumberFormatException e) {
      throw bad(text);
    }
    throw bad(text);
  }

  private static IllegalArgumentException bad(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no place to listen at: write PORT, HOST:PORT or [IPV6]:PORT");
  }

  /**
   * The address.
   *
   * @throws IllegalArgumentException if there is no host of this name
   */
  public InetSocketAddress resolve() {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "there is no host '" + host + "' to listen at, or no name service", e);
    }
  }
}
