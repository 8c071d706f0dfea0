// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.api.Position;
import dev.waltap.handler.Causes;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.handler.RetryDelay;
import dev.waltap.handler.RetryReport;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamStart;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/**
 * Commits what is open, however often that has to be tried: after any failure a new session finds
 * out by the positions whether the last commit took effect, and sends all of it again if not. For
 * the handler's thread.
 *
 * <p>Each run writes its name with the position, first when it begins. A session that finds another
 * name there was fenced; one that was fenced and finds its own was only too late for Kafka.
 */
final class KafkaWriter implements AutoCloseable {
  private static final RetryDelay DELAY = new RetryDelay(100, 5_000);

  private final KafkaSettings settings;
  private final String database;
  private final Topics topics;
  private final Stopping stopping;
  private final OpenTransaction open;
  private final RetryReport report;
  private final Consumer<String> warnings;
  private final String name = UUID.randomUUID().toString();
  private @Nullable SavedStream state;
  private @Nullable String stream;
  private @Nullable KafkaSession session;

  /** Whether this run's name stands in the positions. */
  private boolean claimed;

  /** What was in Kafka when this run began, and need not be sent again. */
  private @Nullable Position floor;

  private @Nullable Position committed;

  /** Whether all that Kafka does not end is found, as far as is known. */
  private boolean protectedFromFaults = true;

  /** Where Kafka did not end what was aborted; to be done before the next session begins. */
  private final Set<TopicPartition> aborted = new HashSet<>();

  KafkaWriter(
      KafkaSettings settings,
      String database,
      Topics topics,
      Stopping stopping,
      OpenTransaction open,
      Consumer<String> warnings) {
    this.settings = settings;
    this.database = database;
    this.topics = topics;
    this.stopping = stopping;
    this.open = open;
    this.warnings = warnings;
    this.report = new RetryReport(target(), warnings, System::nanoTime);
  }

  private String target() {
    return "Kafka at " + settings.servers();
  }

  /** One attempt; may leave the session open. */
  private interface Attempt<T> {
    T run() throws InterruptedException, IOException;
  }

  /** Connects, and says what the capture has to begin with. */
  StreamStart start(@Nullable SavedStream saved) throws IOException, InterruptedException {
    state = saved;
    if (saved == null) {
      return retried(
          "nothing was sent",
          () ->
              HeldPositions.start(session().positions(PositionsTopic.View.WHOLE), database, null));
    }
    stream = saved.stream();
    StreamStart start =
        retried(
            "nothing was sent",
            () -> {
              KafkaSession opened = session();
              Collection<StreamPosition> held = begin(opened, saved.stream());
              StreamStart found = HeldPositions.start(held, database, saved);
              StreamPosition own = HeldPositions.own(held, saved.stream(), database);
              Position position = own == null ? null : own.position();
              floor = found.kind() == StreamStart.Kind.CONTINUE ? position : null;
              committed = position;
              claim(opened, position);
              return found;
            });
    if (floor == null && start.kind() == StreamStart.Kind.CONTINUE) {
      saved.delivering().accept(null);
    }
    return start;
  }

  /** Begins the stream of a run without state. */
  void begin(String begun) throws IOException, InterruptedException {
    stream = begun;
    retried(
        "nothing was sent",
        () -> {
          KafkaSession opened = session();
          opened.begin(begun);
          claim(opened, null);
          return begun;
        });
  }

  /** Becomes the one writer, and reads the positions. */
  private Collection<StreamPosition> begin(KafkaSession opened, String known)
      throws InterruptedException, IOException {
    Collection<StreamPosition> stable = opened.positions(PositionsTopic.View.STABLE);
    requireOwn(stable);
    Collection<StreamPosition> all = opened.positions(PositionsTopic.View.UNCOMMITTED);
    requireOwn(all);
    // The producer is the stream's, whatever the name of the database was.
    StreamPosition last = HeldPositions.last(all, known);
    StreamPosition visible = HeldPositions.last(stable, known);
    opened.settle(known, last, last != null && last.equals(visible), aborted);
    aborted.clear();
    opened.begin(known);
    return opened.positions(PositionsTopic.View.WHOLE);
  }

  private void claim(KafkaSession opened, @Nullable Position position) throws InterruptedException {
    opened.commit(record(position));
    claimed = true;
  }

  private StreamPosition record(@Nullable Position position) {
    String known = stream;
    if (known == null) {
      throw new IllegalStateException("the stream is not known yet");
    }
    return new StreamPosition(
        known, database, position, name, state != null, true, Map.of(), Set.of());
  }

  /** Says it once: Kafka answers the same each time. */
  private void unprotected(String reason) {
    if (protectedFromFaults) {
      protectedFromFaults = false;
      warnings.accept(
          target()
              + " does not show which transactions are open, since "
              + reason
              + ": if Kafka forgets to end one, Waltap does not find it, and messages that were"
              + " committed may be aborted later; allow READ on all topics of messages, with brokers"
              + " from 3.0 on, and start again");
    }
  }

  private void ended(Set<TopicPartition> partitions) {
    warnings.accept(
        target() + " had not ended a transaction that was over in " + partitions + "; it is now");
  }

  private KafkaSession session() {
    KafkaSession opened = session;
    if (opened == null) {
      topics.forget();
      opened = new KafkaSession(settings, topics, stopping, this::unprotected, this::ended);
      session = opened;
      stopping.abandonBy(opened::abandon);
    }
    return opened;
  }

  /** Whether Kafka has anything of an earlier run of the same stream. */
  boolean hasAny() {
    return floor != null;
  }

  /** Whether Kafka has the change at this position from an earlier run of the same stream. */
  boolean has(Position position) {
    return floor != null && position.compareTo(floor) <= 0;
  }

  /** Sends a message, or keeps it for later if that fails. */
  void send(ProducerRecord<byte[], byte[]> message, Position position)
      throws IOException, InterruptedException {
    open.add(message, position);
    KafkaSession opened = session;
    if (opened == null) {
      return;
    }
    try {
      opened.send(message);
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException | LinkageError e) {
      afterFailure(e);
      report.failed(failure(e));
    }
  }

  /** Commits what is open. */
  void commit() throws IOException, InterruptedException {
    Position end = open.end();
    if (end == null) {
      return;
    }
    retried(
        "the batch stays undelivered",
        () -> {
          KafkaSession opened = session;
          if (opened == null) {
            opened = session();
            if (reopen(opened, end)) {
              return end;
            }
          }
          opened.commit(record(end));
          return end;
        });
    committed = end;
    open.clear();
    SavedStream saved = state;
    if (saved != null) {
      saved.delivering().accept(end);
    }
  }

  /** After a failure. Returns whether what is open was committed in spite of it. */
  private boolean reopen(KafkaSession opened, Position end)
      throws InterruptedException, IOException {
    StreamPosition held = requireOwn(begin(opened, record(null).stream()));
    Position position = held == null ? null : held.position();
    if (position != null && position.equals(end)) {
      return true;
    }
    if (committed != null && !committed.equals(position)) {
      throw new IOException(
          target()
              + " has lost changes that were committed: it holds them up to "
              + position
              + " instead of "
              + committed
              + "; start again, which does what --on-gap says");
    }
    for (ProducerRecord<byte[], byte[]> message : open.records()) {
      opened.send(message);
    }
    return false;
  }

  private @Nullable StreamPosition requireOwn(Collection<StreamPosition> held) throws IOException {
    StreamPosition own = HeldPositions.own(held, record(null).stream(), database);
    if (claimed && own != null && !own.writer().equals(name)) {
      throw fenced();
    }
    return own;
  }

  private IOException fenced() {
    return new IOException(
        "another capture writes this stream to Kafka at "
            + settings.servers()
            + ", so this one ends: a state directory may have been copied; keep one of the two, and"
            + " run setup for the other");
  }

  /** Runs until it succeeds, is stopped, or fails for good. */
  private <T> T retried(String consequence, Attempt<T> attempt)
      throws IOException, InterruptedException {
    for (int number = 0; ; number++) {
      Throwable failure;
      try {
        if (stopping.isStopped() && session == null) {
          throw stopped(target(), consequence, null);
        }
        T done = attempt.run();
        report.delivered();
        return done;
      } catch (InterruptException e) {
        throw interrupted(e);
      } catch (KafkaException | LinkageError e) {
        failure = e;
      }
      afterFailure(failure);
      String text = failure(failure);
      if (stopping.isStopped()) {
        throw stopped(text, consequence, failure);
      }
      if (number >= settings.maxRetries()) {
        throw new IOException(text + "; " + consequence, failure);
      }
      report.failed(text);
      if (stopping.pause(DELAY.millis(number, 0))) {
        throw stopped(text, consequence, failure);
      }
    }
  }

  /** Closes the session; throws what does not pass. */
  private void afterFailure(Throwable failure) throws IOException, InterruptedException {
    KafkaSession failed = session;
    session = null;
    stopping.abandonBy(null);
    if (failed != null) {
      close(failed, failure);
    }
    Unended.UnendedException unended = Causes.find(Unended.UnendedException.class, failure);
    if (unended != null) {
      aborted.addAll(unended.partitions());
    }
    boolean late = Causes.find(ProducerFencedException.class, failure) != null;
    if (late && !claimed) {
      throw fenced();
    }
    // Before anything was written, it is rather the setting that is wrong than brokers that are
    // away.
    boolean never = !claimed && KafkaFailures.isTooFewBrokers(failure);
    if (never || (!late && !KafkaFailures.isPassing(failure))) {
      throw new IOException(failure(failure) + "; the batch stays undelivered", failure);
    }
  }

  /** What has failed may fail to close as well, which must not hide why it is closed. */
  private static void close(KafkaSession failed, Throwable failure) throws InterruptedException {
    try {
      failed.close();
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      failure.addSuppressed(e);
    }
  }

  private String failure(Throwable failure) {
    return settings.secrets().hide(target() + " " + KafkaFailures.explain(failure));
  }

  private static DeliveryStoppedException stopped(
      String text, String consequence, @Nullable Throwable cause) {
    return new DeliveryStoppedException(text + "; stopped, " + consequence, cause);
  }

  private static InterruptedException interrupted(InterruptException e) {
    InterruptedException interrupt = new InterruptedException();
    interrupt.initCause(e);
    return interrupt;
  }

  @Override
  public void close() {
    KafkaSession opened = session;
    session = null;
    if (opened == null) {
      stopping.ended();
      return;
    }
    try (opened) {
      opened.abort();
    } catch (KafkaException e) {
      // Kafka ends it by itself, a minute later.
      return;
    } finally {
      stopping.ended();
    }
  }
}
