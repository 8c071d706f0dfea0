// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.handler.Secrets;
import dev.waltap.host.HostAddress;
import dev.waltap.listen.EventServer;
import dev.waltap.listen.ListenAddress;
import dev.waltap.output.SavedStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How changes are served to those who connect. */
final class ListenOptions {
  private static final long DEFAULT_HISTORY = 16L << 20;
  static final String TOKEN = "--listen-token";
  private static final String HISTORY = "--listen-history";

  @Option(
      names = "--listen",
      paramLabel = "[HOST:]PORT",
      description =
          "Serve the changes by HTTP at /changes, as server-sent events, which go on after the event"
              + " that Last-Event-ID names; alone, or beside --output. On 127.0.0.1 unless a host is"
              + " given.")
  private @Nullable String listen;

  @Option(
      names = TOKEN,
      paramLabel = "@FILE",
      description =
          "For --listen: a file with the token that clients send as Authorization: Bearer;"
              + " WALTAP_LISTEN_TOKEN and --config may have the token itself. Required where others"
              + " than this machine can connect.")
  private @Nullable String token;

  @Option(
      names = HISTORY,
      paramLabel = "SIZE",
      converter = OptionConverters.Size.class,
      description =
          "For --listen: how much of the latest changes is kept in memory, for clients that are slow"
              + " or come again; who needs older ones gets an event 'gap' (16MiB).")
  private long history = DEFAULT_HISTORY;

  private volatile @Nullable EventServer server;

  /** Whether to listen at all. */
  boolean isGiven() {
    return listen != null;
  }

  /**
   * Prepares it.
   *
   * @throws IllegalArgumentException for an address that can't be right
   * @throws IOException if the file of the token can't be read
   */
  Destination prepare(ShellCommand command, FormatOptions format, Console console)
      throws IOException {
    if (!format.isJson()) {
      throw command.usage("only --format json and debezium are for --listen");
    }
    ListenAddress place = ListenAddress.parse(String.valueOf(listen));
    InetSocketAddress address = place.resolve();
    String secret = token == null ? null : new SecretOption(TOKEN, "token").read(token, command);
    if (secret == null && !address.getAddress().isLoopbackAddress()) {
      throw command.usage(
          "others than this machine could read all changes at "
              + place.host()
              + ": give --listen-token @FILE, or leave out the host");
    }
    if (secret != null) {
      console.hide(Secrets.of(List.of(secret)));
    }
    return (shell, to) -> open(address, secret, format, to);
  }

  private Sink open(
      InetSocketAddress address, @Nullable String secret, FormatOptions format, Console console)
      throws IOException {
    // Else each event waits for the client to acknowledge the one before.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    EventServer opened = EventServer.open(address, secret, history, format.objects()::of);
    server = opened;
    console.note("changes are served at http://" + HostAddress.text(opened.address()) + "/changes");
    return new Sink(opened, () -> {}, null, opened);
  }

  /**
   * Says what is known of the stream that goes on.
   *
   * @param alone whether no other output says what it was given last
   */
  void begin(SavedStream stream, boolean alone) {
    EventServer opened = server;
    if (opened != null) {
      SavedStream.Delivered delivered = stream.delivered();
      opened.begin(
          stream.stream(),
          delivered.known() ? delivered.position() : stream.acknowledged(),
          delivered.known(),
          stream.end(),
          alone ? stream.delivering() : position -> {});
    }
  }

  /** Whether clients have to send a token. */
  boolean hasToken() {
    return token != null;
  }

  /**
   * Reads the token again, as other options say it.
   *
   * @return makes clients send it; null if there was none, or is none any more
   * @throws IOException if its file can't be read
   */
  @Nullable Runnable renewal(ListenOptions other, ShellCommand command, Console console)
      throws IOException {
    EventServer opened = server;
    String given = other.token;
    if (opened == null || token == null || given == null) {
      return null;
    }
    String secret = new SecretOption(TOKEN, "token").read(given, command);
    console.hide(Secrets.of(List.of(secret)));
    return () -> opened.token(secret);
  }

  /** Refuses options on the command line that would do nothing. */
  void refuseFor(ShellCommand command) {
    for (String name : List.of(TOKEN, HISTORY)) {
      if (command.isTyped(name)) {
        throw command.usage(name + " is for --listen: give --listen PORT");
      }
    }
  }
}
