// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as they are written in URLs. Stateless. */
public final class HostAddress {

  private HostAddress() {}

  /** An address of IPv6 in brackets, any other as it is. */
  public static String text(InetAddress address) {
    String text = address.getHostAddress();
    return text.indexOf(':') < 0 ? text : "[" + text + "]";
  }

  /** The address and its port, {@code 127.0.0.1:8080} or {@code [::1]:8080}. */
  public static String text(InetSocketAddress address) {
    return text(address.getAddress()) + ":" + address.getPort();
  }
}
