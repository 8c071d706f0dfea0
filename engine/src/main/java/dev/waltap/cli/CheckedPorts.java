// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.host.Reasons;
import dev.waltap.listen.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Whether the ports that a command would listen at are free: each is bound, and closed before
 * anybody could connect to it. Stateless.
 */
final class CheckedPorts {
  private CheckedPorts() {}

  /** What is wrong with them, and what to do. */
  static List<String> problems(CommandSpec options) {
    List<InetSocketAddress> all = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    if (value(options, MonitorOptions.PORT) instanceof Integer metrics) {
      add(problems, all, MonitorOptions.PORT, metricsAddress(options, metrics));
    }
    if (value(options, "--listen") instanceof String listen) {
      add(problems, all, "--listen", ListenAddress.parse(listen).resolve());
    }
    return problems;
  }

  private static InetSocketAddress metricsAddress(CommandSpec options, int port) {
    String bind = String.valueOf(value(options, "--metrics-bind"));
    try {
      return new InetSocketAddress(InetAddress.getByName(bind), port);
    } catch (IOException e) {
      return InetSocketAddress.createUnresolved(bind, port);
    }
  }

  private static @Nullable Object value(CommandSpec options, String name) {
    OptionSpec option = options.findOption(name);
    return option == null ? null : option.<@Nullable Object>getValue();
  }

  private static void add(
      List<String> problems, List<InetSocketAddress> all, String option, InetSocketAddress place) {
    if (place.getPort() != 0 && all.stream().anyMatch(each -> isSame(each, place))) {
      problems.add(option + " has the port of another option: choose another one");
      return;
    }
    all.add(place);
    add(problems, inUse(option, place));
  }

  /** Whether only one can be listened at: the wildcard address takes a port of all addresses. */
  private static boolean isSame(InetSocketAddress one, InetSocketAddress other) {
    return one.equals(other)
        || (one.getPort() == other.getPort() && (isWildcard(one) || isWildcard(other)));
  }

  private static boolean isWildcard(InetSocketAddress place) {
    InetAddress address = place.getAddress();
    return address != null && address.isAnyLocalAddress();
  }

  private static void add(List<String> problems, @Nullable String problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }

  private static @Nullable String inUse(String option, InetSocketAddress place) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(place, 1);
      return null;
    } catch (IOException e) {
      return "port "
          + place.getPort()
          + " of "
          + place.getHostString()
          + " can't be listened at: "
          + Reasons.of(e)
          + ": choose another "
          + option;
    }
  }
}
