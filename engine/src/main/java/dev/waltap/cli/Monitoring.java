// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.FleetListener;
import dev.waltap.live.LiveStream;
import dev.waltap.monitor.DatabaseState;
import dev.waltap.monitor.LagBound;
import dev.waltap.monitor.MetricsPush;
import dev.waltap.monitor.Monitor;
import dev.waltap.monitor.MonitorServer;
import dev.waltap.monitor.MonitorSettings;
import dev.waltap.monitor.MonitoredDatabase;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a command shows of its capture to those who watch it, if it was asked to. For the command's
 * thread; closed when the capture has ended.
 */
final class Monitoring implements Closeable {

  /** Nobody watches. */
  static final Monitoring NONE = new Monitoring(null);

  private final @Nullable Opened opened;
  private @Nullable MonitoredDatabase database;

  private record Opened(
      Monitor monitor, @Nullable MonitorServer server, @Nullable MetricsPush push, Console console)
      implements Closeable {

    @Override
    public void close() {
      try (push) {
        if (server != null) {
          server.close();
        }
      }
    }
  }

  private Monitoring(@Nullable Opened opened) {
    this.opened = opened;
  }

  /**
   * Begins to answer.
   *
   * @param labels how many databases have a label of their own
   */
  static Monitoring open(MonitorSettings settings, int labels, Console console) throws IOException {
    Monitor monitor = new Monitor(labels, new LiveStream(settings.rows()));
    return new Monitoring(
        new Opened(monitor, MonitorServer.open(settings, monitor), null, console));
  }

  /**
   * Begins to send metrics, and to answer, too, if it is said how.
   *
   * @param labels how many databases have a label of their own
   */
  static Monitoring openSending(
      OtlpOptions otlp, @Nullable MonitorSettings settings, int labels, Console console)
      throws IOException {
    Monitor monitor = new Monitor(labels, new LiveStream(settings != null && settings.rows()));
    URI receiver = otlp.receiver();
    MetricsPush push =
        MetricsPush.open(receiver, otlp.interval(), monitor, Version.number(), console::warning);
    try {
      console.note("metrics are sent to " + receiver);
      MonitorServer server = settings == null ? null : MonitorServer.open(settings, monitor);
      return new Monitoring(new Opened(monitor, server, push, console));
    } catch (Throwable e) {
      push.close();
      throw e;
    }
  }

  /** Begins to answer whoever is on this computer, at a port that is free, rows included. */
  static Monitoring openOwnPage(Console console) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return open(
        new MonitorSettings(address, null, LagBound.NONE, true, Version.number()), 1, console);
  }

  /** Where the page is; empty if there is none. */
  String address() {
    return opened == null || opened.server == null ? "" : opened.server.address();
  }

  /** Shows this database from now on, starting. */
  void watch(String name) {
    if (opened != null) {
      MonitoredDatabase registered = opened.monitor.register(name);
      opened.console.onWarning(registered::warned);
      database = registered;
    }
  }

  /** A handler that also shows what it delivered. */
  ChangesHandler handler(ChangesHandler handler) {
    return database == null ? handler : database.shown(handler);
  }

  /** A listener that also notes when the capture is ready. */
  CaptureListener listener(CaptureListener listener) {
    return database == null ? listener : database.listener(listener);
  }

  /** A listener that shows all databases of a fleet, and passes on what it hears. */
  FleetListener fleet(FleetListener listener, MemberSinks sinks) {
    if (opened == null) {
      return listener;
    }
    WatchedFleet watched = new WatchedFleet(opened.monitor, listener);
    sinks.show(watched::shown);
    return watched;
  }

  /** Takes the numbers from this capture. */
  void capture(ChangeDataCapture capture) {
    if (database != null) {
      database.metrics(capture::metrics);
    }
  }

  /**
   * The capture has ended.
   *
   * @param failure why, for people; null if in order
   */
  void ended(@Nullable String failure) {
    if (database != null) {
      database.state(failure == null ? DatabaseState.ENDED : DatabaseState.FAILED, failure);
    }
  }

  /** Asks for another token from now on. */
  void token(String token) {
    if (opened != null && opened.server != null) {
      opened.server.token(token);
    }
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
    }
  }
}
