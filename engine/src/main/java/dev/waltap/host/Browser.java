// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Opens a page in the user's browser, where there is one. Stateless. */
public final class Browser {

  /** Of which one says that windows can be shown. */
  private static final List<String> DISPLAYS = List.of("DISPLAY", "WAYLAND_DISPLAY");

  private Browser() {}

  /**
   * Asks the system to open an address, and does not wait for it. Does nothing where there is no
   * display, or no program that would open it.
   */
  public static void open(String address, Map<String, String> environment) {
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
    boolean display =
        mac || DISPLAYS.stream().anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    if (!display) {
      return;
    }
    try {
      new ProcessBuilder(mac ? "open" : "xdg-open", address)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      return; // The address was said.
    }
  }
}
