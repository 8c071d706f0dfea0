// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Addresses as they are written in URLs. Stateless. */
public final class HostAddress {

  private HostAddress() {}

  /** An address of IPv6 in brackets and as short as it can be, any other as it is. */
  public static String text(InetAddress address) {
    String text = address.getHostAddress();
    return text.indexOf(':') < 0 ? text : "[" + shortened(text) + "]";
  }

  /** The first of the longest runs of zeros is left out, as RFC 5952 has it. */
  private static String shortened(String text) {
    List<String> groups = List.of(text.split(":", -1));
    int start = 0;
    int length = 1; // One zero alone stays.
    for (int from = 0; from < groups.size(); from++) {
      int to = from;
      while (to < groups.size() && groups.get(to).equals("0")) {
        to++;
      }
      if (to - from > length) {
        start = from;
        length = to - from;
      }
    }
    return length == 1
        ? text
        : String.join(":", groups.subList(0, start))
            + "::"
            + String.join(":", groups.subList(start + length, groups.size()));
  }

  /** The address and its port, {@code 127.0.0.1:8080} or {@code [::1]:8080}. */
  public static String text(InetSocketAddress address) {
    return text(address.getAddress()) + ":" + address.getPort();
  }
}
