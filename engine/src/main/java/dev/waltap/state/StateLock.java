// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.PrivateFiles;
import dev.waltap.host.Reasons;
import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The hold on a state: an operating system lock on a file of its own, which ends with the process
 * that holds it, whatever ended that. Taken and closed by any thread; closing twice does nothing.
 *
 * <p>POSIX drops a process's locks on a file when it closes <em>any</em> descriptor of it. So a
 * lock file that this process holds is never opened a second time: who holds what is looked up in
 * {@link #HELD} first, by the file's key.
 */
public final class StateLock implements AutoCloseable {
  /**
   * Who holds a state.
   *
   * @param pid its process; 0 if that is not known, as of whoever holds it for a moment only
   * @param host where that runs
   * @param since when it took hold
   * @param command what it is doing, one word or a few; no arguments, they may hold secrets
   */
  public record Holder(long pid, String host, Instant since, String command) {

    /** Four lines, as written to the lock file. */
    String store() {
      return pid + "\n" + host + "\n" + since + "\n" + command.replace('\n', ' ') + "\n";
    }

    /** Reads what {@link #store} wrote; null for anything else, such as a file half written. */
    static @Nullable Holder load(String text) {
      List<String> lines = text.lines().toList();
      if (lines.size() != 4) {
        return null;
      }
      try {
        return new Holder(
            Long.parseLong(lines.get(0)), lines.get(1), Instant.parse(lines.get(2)), lines.get(3));
      } catch (NumberFormatException | DateTimeParseException e) {
        return null;
      }
    }

    /** The process, for people. */
    public String process() {
      return pid == 0 ? "another process" : "process " + pid;
    }

    @Override
    public String toString() {
      return pid == 0
          ? process()
          : process() + " on " + host + " since " + since + " (" + command + ")";
    }
  }

  private static final Map<Object, Holder> HELD = new HashMap<>();

  /**
   * Channels on files that another copy of this class, of another class loader, holds: closing one
   * would drop its lock, and so would the collector.
   */
  private static final Set<FileChannel> FOREIGN = new HashSet<>();

  private static final Holder UNKNOWN = new Holder(0, "unknown", Instant.EPOCH, "unknown");
  private static final int TRIES = 10;
  private static final long PAUSE_NANOS = 20_000_000;
  private static final int MAX_TEXT = 4096;

  private final StateDirectory directory;
  private final Path file;
  private final FileChannel channel;
  private final Closer closer;

  /** Whether the file says who holds it. */
  private final boolean named;

  private boolean closed;

  private StateLock(
      StateDirectory directory, Path file, FileChannel channel, Closer closer, boolean named) {
    this.directory = directory;
    this.file = file;
    this.channel = channel;
    this.closer = closer;
    this.named = named;
  }

  /** What is held. */
  public StateDirectory directory() {
    return directory;
  }

  static StateLock acquire(StateDirectory directory, String command) {
    Holder me = us(command);
    try {
      for (int i = 0; i < TRIES; i++) {
        StateLock lock = tryAcquire(directory, directory.lockFile(), me, true);
        if (lock != null) {
          return lock;
        }
        if (heldHere(directory.lockFile()) != null) {
          break;
        }
        // Somebody may only be asking who holds it, which takes the lock for a moment.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      throw refused(directory, holderOf(directory.lockFile()));
    } catch (NoSuchFileException e) {
      throw StateErrors.refused("there is no state in " + directory + ": run setup first");
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          "cannot lock "
              + FileNames.text(directory.lockFile())
              + " ("
              + Reasons.of(e)
              + "): make it writable",
          e);
    }
  }

  /**
   * Holds all that is below the directory for a fleet.
   *
   * @return null if another fleet does, or if nothing can be written there
   */
  static @Nullable StateLock acquireFleet(StateDirectory root, String command) {
    try {
      return tryAcquire(root, root.fleetLockFile(), us(command), true);
    } catch (IOException | UncheckedIOException e) {
      return null;
    }
  }

  /**
   * Holds a state for a moment. Other processes see only that it is held, and not by whom, which
   * spares writing to the file.
   *
   * @return null if somebody holds it already, or if it has no lock file that can be locked
   */
  static @Nullable StateLock tryHold(StateDirectory directory, String command) {
    try {
      return tryAcquire(directory, directory.lockFile(), us(command), false);
    } catch (IOException | UncheckedIOException e) {
      return null;
    }
  }

  private static Holder us(String command) {
    return new Holder(
        ProcessHandle.current().pid(),
        Host.NAME,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        command);
  }

  private static @Nullable StateLock tryAcquire(
      StateDirectory directory, Path file, Holder me, boolean named) throws IOException {
    synchronized (HELD) {
      Object key = named ? createAndIdentify(file) : identify(file);
      if (key == null || HELD.containsKey(key)) {
        return null;
      }
      Closer closer = new Closer();
      try {
        FileChannel channel = closer.open(() -> open(file), StateLock::close);
        FileLock lock = tryLock(channel);
        // Whoever removed the file meanwhile has left us a lock that nobody else will ever see.
        if (lock == null || !key.equals(identify(file))) {
          closer.close();
          return null;
        }
        closer.open(() -> key, HELD::remove);
        HELD.put(key, me);
        if (channel.size() > 0) {
          channel.truncate(0); // Of a holder that was killed.
        }
        if (named) {
          channel.write(ByteBuffer.wrap(me.store().getBytes(StandardCharsets.UTF_8)), 0);
        }
        return new StateLock(directory, file, channel, closer, named);
      } catch (Throwable e) {
        closer.closeAfter(e);
        throw e;
      }
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      FOREIGN.add(channel);
      return null;
    }
  }

  private static void close(FileChannel channel) throws IOException {
    if (!FOREIGN.contains(channel)) {
      channel.close();
    }
  }

  /** Who holds this lock file; null for nobody. Takes the lock for a moment to find out. */
  static @Nullable Holder holderOf(Path file) {
    synchronized (HELD) {
      Holder here = heldHere(file);
      if (here != null || !Files.exists(file)) {
        return here;
      }
      try (Closer closer = new Closer()) {
        return ask(closer.open(() -> open(file), StateLock::close));
      } catch (IOException | UncheckedIOException e) {
        return null;
      }
    }
  }

  private static @Nullable Holder ask(FileChannel channel) throws IOException {
    FileLock lock = tryLock(channel);
    if (lock != null) {
      lock.release();
      return null;
    }
    Holder holder = FOREIGN.contains(channel) ? null : Holder.load(read(channel));
    return holder != null ? holder : UNKNOWN;
  }

  private static @Nullable Holder heldHere(Path file) {
    synchronized (HELD) {
      try {
        Object key = identify(file);
        return key == null ? null : HELD.get(key);
      } catch (IOException e) {
        return null;
      }
    }
  }

  static CaptureException refused(StateDirectory directory, @Nullable Holder holder) {
    String who = holder == null ? UNKNOWN.process() : holder.toString();
    return StateErrors.refused(
        "the state in "
            + directory
            + " is held by "
            + who
            + ": one capture at a time; stop that one, or name another state directory");
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_TEXT);
    int count = channel.read(text, 0);
    return new String(text.array(), 0, Math.max(0, count), StandardCharsets.UTF_8);
  }

  private static Object createAndIdentify(Path file) throws IOException {
    Object key = identify(file);
    if (key == null) {
      PrivateFiles.create(file);
      key = identify(file);
    }
    if (key == null) {
      throw new NoSuchFileException(file.toString());
    }
    return key;
  }

  /** The file's key, its path where there are no keys; null if it is not there. */
  private static @Nullable Object identify(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key != null ? key : file.toRealPath();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** This computer's name, which a look-up in the network may have to find: asked for once. */
  private static final class Host {
    static final String NAME = name();

    private static String name() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "localhost";
      }
    }
  }

  @Override
  public void close() {
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      try (Closer all = closer) {
        if (named) {
          channel.truncate(0);
        }
      } catch (ClosedByInterruptException e) {
        // Closed by that, hence released; whose name stays in the file, nobody asks.
        return;
      } catch (IOException | UncheckedIOException e) {
        throw StateErrors.io(file, e instanceof IOException io ? io : new IOException(e));
      }
    }
  }
}
