// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.handler.Secrets;
import dev.waltap.host.HostAddress;
import dev.waltap.listen.DatabaseEvents;
import dev.waltap.listen.EventServer;
import dev.waltap.listen.ListenAddress;
import dev.waltap.output.SavedStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How changes are served to those who connect. */
final class ListenOptions {
  private static final long DEFAULT_HISTORY = 16L << 20;
  static final String TOKEN = "--listen-token";

  /** What the database is called where there is but one. */
  private static final String ONE = "";

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
  private volatile @Nullable DatabaseEvents events;

  /** Whether to listen at all. */
  boolean isGiven() {
    return listen != null;
  }

  /**
   * Where to listen, and for whom.
   *
   * @param secret what clients must send; null for nothing
   */
  record Place(InetSocketAddress address, @Nullable String secret) {}

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException for an address that can't be right
   * @throws IOException if the file of the token can't be read
   */
  Place check(ShellCommand command, FormatOptions format, Console console) throws IOException {
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
    return new Place(address, secret);
  }

  /** Prepares it for one database; the rest as {@link #check}. */
  Destination prepare(ShellCommand command, FormatOptions format, Console console)
      throws IOException {
    Place place = check(command, format, console);
    return (shell, to) -> {
      EventServer opened = open(place, ONE, to);
      DatabaseEvents own = opened.of(ONE, format.objects()::of);
      events = own;
      return new Sink(own, () -> {}, null, opened);
    };
  }

  /**
   * Begins to serve; the caller closes it.
   *
   * @param one the name of the only database; null for many
   */
  EventServer open(Place place, @Nullable String one, Console console) throws IOException {
    // Else each event waits for the client to acknowledge the one before.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    EventServer opened = EventServer.open(place.address(), place.secret(), history, one);
    server = opened;
    console.note("changes are served at http://" + HostAddress.text(opened.address()) + "/changes");
    return opened;
  }

  /**
   * Says what is known of the stream that goes on.
   *
   * @param known nothing for a stream that begins
   * @param alone whether no other output says what it was given last
   */
  void begin(Optional<SavedStream> known, boolean alone) {
    DatabaseEvents own = events;
    if (own != null) {
      begin(own, known, alone);
    }
  }

  /** The same, for one of many databases. */
  static void begin(DatabaseEvents events, Optional<SavedStream> known, boolean alone) {
    if (known.isEmpty()) {
      events.beginNew();
      return;
    }
    SavedStream stream = known.get();
    SavedStream.Delivered delivered = stream.delivered();
    events.begin(
        stream.stream(),
        delivered.known() ? delivered.position() : stream.acknowledged(),
        delivered.known(),
        stream.end(),
        alone ? stream.delivering() : position -> {});
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
