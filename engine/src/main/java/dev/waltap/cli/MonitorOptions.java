// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.io.FileNames;
import dev.waltap.monitor.LagBound;
import dev.waltap.monitor.MonitorSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a capture that runs is watched. Where it is not, nothing of that is loaded. */
final class MonitorOptions {
  static final String PORT = "--metrics-port";

  static final String TOKEN = "--metrics-token";

  private static final String DATABASES = "--metrics-databases";

  private static final List<String> OTHERS =
      List.of("--metrics-bind", TOKEN, "--metrics-max-lag", DATABASES, "--page-rows");

  private static final int MAX_PORT = 65_535;

  /** What is shorter can be guessed. */
  private static final int MIN_TOKEN = 16;

  private static final int MAX_TOKEN = 4096;

  @Option(
      names = PORT,
      paramLabel = "PORT",
      description =
          "Answer by HTTP: /metrics for Prometheus, /health, /ready, and a live page at /; 0 for any"
              + " port that is free, which standard error says. Where to, who, and what is shown: see"
              + " the options that follow, and 'waltap help monitoring'.")
  private @Nullable Integer port;

  @Option(
      names = "--metrics-bind",
      paramLabel = "ADDRESS",
      description =
          "Where to listen: an address of this computer, 0.0.0.0 for all (127.0.0.1). Any but the"
              + " loopback needs a token.")
  private String bind = "127.0.0.1";

  @Option(
      names = TOKEN,
      paramLabel = "FILE",
      description =
          "A file with a token that whoever asks has to know: sent as 'Authorization: Bearer TOKEN',"
              + " or by a browser once as /?token=TOKEN.")
  private @Nullable String token;

  @Option(
      names = "--metrics-max-lag",
      paramLabel = "N|TIME",
      converter = MaxLag.Converter.class,
      description =
          "Not ready, by /ready, if more transactions wait, or a change has waited longer, as 1000 or"
              + " 30s (any).")
  private @Nullable MaxLag maxLag;

  @Option(
      names = DATABASES,
      paramLabel = "N",
      description =
          "Most databases with a label of their own in metrics; all others are summed as 'other'"
              + " (100).")
  private int databases = 100;

  @Option(
      names = "--page-rows",
      description =
          "Let the live page show the rows that change, rather than how many do: whoever may open it"
              + " reads your data then.")
  private boolean rows;

  @Mixin private OtlpOptions otlp = new OtlpOptions();

  /** Refuses what can't go together, before anything is opened. */
  void check(ShellCommand command) {
    otlp.check(command);
    if (databases < 0) {
      throw command.usage(DATABASES + " must be 0 or more");
    } else if (port == null) {
      for (String name : OTHERS) {
        if (command.isTyped(name) && !(otlp.isGiven() && name.equals(DATABASES))) {
          throw command.usage(name + " is for what --metrics-port opens: give a port, too");
        }
      }
    } else if (port < 0 || port > MAX_PORT) {
      throw command.usage(PORT + " must be 0 to " + MAX_PORT);
    } else if (token == null && !address(command, port).getAddress().isLoopbackAddress()) {
      throw command.usage(
          "whoever can reach "
              + bind
              + " could read what is captured: give --metrics-token FILE, too, or leave"
              + " --metrics-bind out");
    }
  }

  /** Begins to answer if that was asked for; the caller closes it after the capture. */
  Monitoring open(ShellCommand command, Console console) throws IOException {
    if (port == null) {
      return otlp.isGiven()
          ? Monitoring.openSending(otlp, null, databases, console)
          : Monitoring.NONE;
    }
    MonitorSettings settings =
        new MonitorSettings(
            address(command, port),
            token == null ? null : read(token),
            maxLag == null ? LagBound.NONE : new LagBound(maxLag.transactions(), maxLag.time()),
            rows,
            Version.number());
    Monitoring opened =
        otlp.isGiven()
            ? Monitoring.openSending(otlp, settings, databases, console)
            : Monitoring.open(settings, databases, console);
    String where =
        "metrics, health and the live page are at "
            + opened.address()
            + (token == null ? "" : ", for whoever has the token");
    if (port == 0) {
      console.say(where);
    } else {
      console.note(where);
    }
    return opened;
  }

  private InetSocketAddress address(ShellCommand command, int portNumber) {
    try {
      return new InetSocketAddress(InetAddress.getByName(bind), portNumber);
    } catch (UnknownHostException e) {
      throw command.usage("--metrics-bind: there is no address " + bind);
    }
  }

  /**
   * Reads the token again, as other options say it.
   *
   * @return makes whoever asks send it; null if there was none, or is none any more
   * @throws IOException if its file can't be read
   */
  @Nullable Runnable renewal(MonitorOptions other, Monitoring monitoring) throws IOException {
    if (port == null || token == null || other.token == null) {
      return null;
    }
    String secret = read(other.token);
    return () -> monitoring.token(secret);
  }

  /** Whether a token is asked for. */
  boolean hasToken() {
    return token != null;
  }

  /** Refuses a token that can't be used. */
  void requireToken() throws IOException {
    if (port != null && token != null) {
      read(token);
    }
  }

  private static String read(String argument) throws IOException {
    Path file = OptionConverters.path(argument.startsWith("@") ? argument.substring(1) : argument);
    String found = new SecretOption(TOKEN, "token").ofFile(file).strip();
    if (found.length() < MIN_TOKEN
        || found.length() > MAX_TOKEN
        || !found.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IOException(
          FileNames.text(file)
              + " holds no token: write "
              + MIN_TOKEN
              + " or more letters and digits into it, in one line, as 'openssl rand -hex 32' does");
    }
    return found;
  }
}
