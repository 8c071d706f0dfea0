// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.api.Change;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the body of a request, of a length stated beforehand, since many servers can't take a
 * chunked body. A small one is held in memory; a big one is written once to be counted and again
 * for each attempt, straight into the connection.
 */
final class HttpBody {

  private static final int MAX_HELD = 4 << 20;
  private static final int PIPE_BYTES = 64 * 1024;

  private final HttpBatch batch;
  private final long length;
  private final byte @Nullable [] held;

  static HttpBody of(HttpBatch batch) throws IOException {
    Measure measure = new Measure();
    batch.write(measure);
    return new HttpBody(batch, measure.length, measure.held());
  }

  private HttpBody(HttpBatch batch, long length, byte @Nullable [] held) {
    this.batch = batch;
    this.length = length;
    this.held = held;
  }

  /** Bytes of it. */
  long length() {
    return length;
  }

  /** How many changes it holds. */
  int changes() {
    return batch.changes().size();
  }

  /** Names the batch, by headers that whoever knows them can recognise it by. */
  void name(HttpRequest.Builder request) {
    List<Change> changes = batch.changes();
    String first = changes.get(0).position().toString();
    Change end = changes.get(changes.size() - 1);
    String last = end.position().toString();
    String stream = end.source().stream();
    request.setHeader("Waltap-First-Position", first);
    request.setHeader("Waltap-Last-Position", last);
    if (!stream.isEmpty()) {
      request.setHeader("Waltap-Stream", stream);
      request.setHeader("Idempotency-Key", stream + "/" + first + "-" + last);
    }
  }

  /** Writes it to the stream, the same each time. */
  void writeTo(OutputStream out) throws IOException {
    byte[] bytes = held;
    if (bytes != null) {
      out.write(bytes);
    } else {
      batch.write(out);
    }
  }

  /**
   * The body for one attempt, which the caller closes when the attempt has ended in any way.
   *
   * @throws IOException never in practice
   */
  Sending begin() throws IOException {
    byte[] bytes = held;
    if (bytes != null) {
      return new Sending(HttpRequest.BodyPublishers.ofByteArray(bytes), () -> {});
    }
    PipedInputStream in = new PipedInputStream(PIPE_BYTES);
    PipedOutputStream out = new PipedOutputStream(in);
    Thread writer = new Thread(() -> pour(out), "waltap-http-body");
    writer.setDaemon(true);
    writer.start();
    HttpRequest.BodyPublisher stream = HttpRequest.BodyPublishers.ofInputStream(() -> in);
    return new Sending(
        HttpRequest.BodyPublishers.fromPublisher(stream, length),
        () -> {
          // Ends the writer where the attempt ended before the body did.
          in.close();
          writer.interrupt();
        });
  }

  private void pour(PipedOutputStream out) {
    try (out) {
      batch.write(out);
    } catch (IOException | RuntimeException e) {
      // The attempt ended first, and says why; a body cut short fails it by its length.
      Thread.currentThread().interrupt();
    }
  }

  /** The body of one attempt and how to end it. */
  record Sending(HttpRequest.BodyPublisher publisher, Closeable end) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      end.close();
    }
  }

  /** Counts bytes, and keeps them as long as they are few. */
  private static final class Measure extends OutputStream {

    private long length;
    private @Nullable ByteArrayOutputStream few = new ByteArrayOutputStream();

    byte @Nullable [] held() {
      return few == null ? null : few.toByteArray();
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      length += count;
      if (length > MAX_HELD) {
        few = null;
      } else if (few != null) {
        few.write(bytes, offset, count);
      }
    }
  }
}
