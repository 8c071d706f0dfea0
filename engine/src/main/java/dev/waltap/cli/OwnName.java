// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** How this program was started, for commands that are suggested. */
final class OwnName {

  private OwnName() {}

  /** What stands before the command's name, to be typed again. */
  static String typed() {
    return typed(System.getProperty("sun.java.command", ""));
  }

  /**
   * The same of what the JVM runs: {@code waltap}, unless someone typed the way to a jar. The
   * launcher gives its jar as an absolute path.
   */
  static String typed(String running) {
    int end = running.indexOf(".jar ");
    boolean jar = end > 0 && running.indexOf(' ') > end && !running.startsWith("/");
    return jar ? "java -jar " + running.substring(0, end + ".jar".length()) : "waltap";
  }
}
