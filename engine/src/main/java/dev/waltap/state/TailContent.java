// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TailFile} holds. Where it can't be read on there may be two reasons. Something was
 * being written when the computer, or the process, stopped: nothing of that was handed out, and it
 * is left out. Or what was on disk already is damaged: a record behind it says so, or the {@link
 * CommitCountFile}, which has counted the transactions; then the state is refused. For one thread.
 */
final class TailContent {
  /** A transaction of it, and where in the file its pages are. */
  record Transaction(JournalEntry entry, int pagesOffset) {}

  private static final byte[] NOTHING = {};

  /** Each record begins with it. */
  private static final byte FIRST = TailFile.TRANSACTION >>> 24;

  /** Bytes, far more than is ever written. */
  private static final long MAX_SIZE = 32L << 20;

  private final Path path;
  private final byte[] bytes;
  private boolean hasHeader;
  private long nonce;
  private long commits;
  private long seed;

  /** Up to where it could be read. */
  private int end;

  private final List<Transaction> transactions = new ArrayList<>();
  private @Nullable Position acknowledged;

  private TailContent(Path path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /**
   * Reads it, without a look at the state.
   *
   * @throws CaptureException REFUSED if it was written by another version; DISK if it can't be read
   */
  static TailContent read(StateDirectory directory) {
    Path path = directory.tailFile();
    // Mostly there is none, or an empty one: this asks without an exception.
    long size = path.toFile().length();
    if (size == 0) {
      return new TailContent(path, NOTHING);
    }
    if (size > MAX_SIZE) {
      throw StateErrors.corrupt(path, "it has " + size + " bytes", null);
    }
    try {
      TailContent content = new TailContent(path, Files.readAllBytes(path));
      content.parse();
      return content;
    } catch (NoSuchFileException e) {
      return new TailContent(path, NOTHING); // Removed meanwhile.
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
  }

  /** Makes the file void, so that it holds nothing. */
  void clear() {
    if (bytes.length == 0) {
      return;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    } catch (NoSuchFileException e) {
      return; // Removed meanwhile.
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
  }

  /**
   * Whether transactions of it follow a state as it is. If not, it is void: it was taken into the
   * state already, is of another one, or nothing was written whole.
   *
   * @throws CaptureException REFUSED if it is damaged, or of the same state at another time
   */
  boolean follows(long stateNonce, StateHeader head) {
    if (!hasHeader) {
      byte[] expected = TailFile.header(stateNonce, head.commits);
      requireTorn(TailFile.seed(expected));
      return false;
    }
    if (nonce != stateNonce || (commits != head.commits && transactions.isEmpty())) {
      return false;
    }
    if (commits == head.commits) {
      requireTorn(seed);
      return !transactions.isEmpty();
    }
    if (!end().isWithin(head.last.position())) {
      throw StateErrors.corrupt(
          path, "it follows commit " + commits + " of a state that has " + head.commits, null);
    }
    return false;
  }

  /** Its transactions, in order. */
  List<Transaction> transactions() {
    return transactions;
  }

  /** The end of the last one, of which there is one. */
  LogPosition end() {
    return transactions.get(transactions.size() - 1).entry().position();
  }

  /** What was acknowledged since; null for nothing. */
  @Nullable Position acknowledged() {
    return acknowledged;
  }

  /** Bytes of what could be read. */
  int size() {
    return end;
  }

  /** How many of its transactions are not acknowledged, and since when. */
  StateStatus.Undelivered undelivered() {
    long count = 0;
    Instant since = null;
    Position upTo = acknowledged;
    for (Transaction transaction : transactions) {
      JournalEntry entry = transaction.entry();
      if (upTo == null || !entry.position().isWithin(upTo)) {
        if (count++ == 0) {
          since = Instant.EPOCH.plus(entry.timestampMicros(), ChronoUnit.MICROS);
        }
      }
    }
    return new StateStatus.Undelivered(count, since);
  }

  /** The pages of a transaction; the array that the sink gets is another page's afterwards. */
  JournalEntry.Pages pages(Transaction transaction, int pageSize) {
    return sink -> {
      ByteBuffer body = ByteBuffer.wrap(bytes).position(transaction.pagesOffset());
      byte[] image = new byte[pageSize];
      Lz4Codec codec = new Lz4Codec();
      for (int left = body.getInt(); left > 0; left--) {
        int number = body.getInt();
        byte[] packed = new byte[body.getInt()];
        body.get(packed);
        if (!codec.unpack(packed, image, pageSize)) {
          throw damaged(transaction.pagesOffset());
        }
        sink.put(number, image);
      }
    };
  }

  private void parse() {
    if (bytes.length < TailFile.HEADER_SIZE) {
      return;
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    long form = header.getLong();
    nonce = header.getLong();
    commits = header.getLong();
    seed = header.getLong();
    hasHeader = Lz4Codec.hash(bytes, 0, TailFile.HEADER_SIZE - TailFile.HASH_SIZE, 0) == seed;
    if (!hasHeader) {
      return;
    }
    if (form != TailFile.FORM) {
      throw StateErrors.corrupt(path, "it was written by another version of Waltap", null);
    }
    end = TailFile.HEADER_SIZE;
    for (long before = seed; end < bytes.length && isRecord(end, before); ) {
      int body = bodySize(end);
      try {
        add(ByteBuffer.wrap(bytes, end + TailFile.HEAD_SIZE, body));
      } catch (BufferUnderflowException | IllegalArgumentException e) {
        throw damaged(end);
      }
      end += TailFile.HEAD_SIZE + body;
      before = ByteBuffer.wrap(bytes).getLong(end);
      end += TailFile.HASH_SIZE;
    }
  }

  private void add(ByteBuffer body) {
    if (type(end) == TailFile.ACKNOWLEDGEMENT) {
      acknowledged = new Position(body.getLong(), body.getLong(), body.getLong());
      return;
    }
    JournalEntry entry = JournalEntry.load(body);
    int pages = body.position();
    for (int left = body.getInt(); left > 0; left--) {
      body.getInt();
      int size = body.getInt();
      body.position(body.position() + size);
    }
    if (body.hasRemaining()) {
      throw new IllegalArgumentException("more than its pages");
    }
    transactions.add(new Transaction(entry, pages));
  }

  /** Fails if something on disk was damaged: if a record behind it says that it was there. */
  private void requireTorn(long under) {
    for (int at = end + 1; at <= bytes.length - TailFile.HEAD_SIZE - TailFile.HASH_SIZE; at++) {
      if (bytes[at] == FIRST
          && isWhole(at, under)
          && ByteBuffer.wrap(bytes).getLong(at + 8) > end) {
        throw damaged(end);
      }
    }
  }

  private boolean isRecord(int at, long before) {
    return isWhole(at, seed) && ByteBuffer.wrap(bytes).getLong(at + 16) == before;
  }

  private boolean isWhole(int at, long under) {
    int room = bytes.length - at - TailFile.HEAD_SIZE - TailFile.HASH_SIZE;
    if (room < 0) {
      return false;
    }
    int type = type(at);
    int body = bodySize(at);
    if ((type != TailFile.TRANSACTION && type != TailFile.ACKNOWLEDGEMENT)
        || body < 0
        || body > room) {
      return false;
    }
    int size = TailFile.HEAD_SIZE + body;
    return ByteBuffer.wrap(bytes).getLong(at + size) == Lz4Codec.hash(bytes, at, size, under);
  }

  private int type(int at) {
    return ByteBuffer.wrap(bytes).getInt(at);
  }

  private int bodySize(int at) {
    return ByteBuffer.wrap(bytes).getInt(at + 4);
  }

  private CaptureException damaged(int at) {
    return StateErrors.corrupt(path, "its record at byte " + at + " cannot be read", null);
  }
}
