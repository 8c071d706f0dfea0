// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.GuardMode;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.Guard;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.follow.Backlog;
import dev.waltap.follow.Counters;
import dev.waltap.follow.Epochs;
import dev.waltap.follow.LogFollower;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.page.MemoryLimit;
import dev.waltap.page.PageBuffers;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.wal.WalPosition;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is copied of a log that is far ahead: little at a time if it can't be overwritten. */
@Timeout(60)
class FarBehindTest {
  private static final int PAGE = 65536;
  private static final int TRANSACTIONS = 600;

  /** In frames of this size, 32 MiB and what is copied at once then. */
  private static final int FAR_BEHIND = 512;

  private static final int STEP = 64;

  private final Counters counters = new Counters();

  @Test
  void decodesWhatWasCopiedFirstWhileAReadTransactionHoldsTheRest() throws Exception {
    try (TestDatabase database = TestDatabase.create(PAGE, "UTF-8");
        Connection app = database.open()) {
      TestDatabase.execute(app, "CREATE TABLE t(v)", "PRAGMA wal_autocheckpoint = 0");
      try (Attachment attachment = Attachment.open(database.path());
          Guard guard = guard(GuardMode.ALWAYS, attachment);
          Backlog backlog = backlog(attachment)) {
        guard.takeOver();
        LogFollower log = follow(attachment, guard, backlog);
        log.keepUp(); // Hands the read transaction over, to one of which the mark is known.
        write(app);

        log.keepUpDecoding();
        assertThat(log.isFarBehind()).isTrue();
        assertThat(backlog.size()).isEqualTo(STEP);
        long since = counters.oldestMicros(-1);
        assertThat(since).isPositive();
        long later = since + 60_000_000;
        assertThat(counters.oldestMicros(later)).as("what is not copied").isLessThan(later);
        for (int i = 0; i < 10 * STEP; i++) {
          log.keepUpDecoding();
          log.decoding(1);
          log.keepUp(); // As decoding does now and then.
        }
        assertThat(backlog.size()).isEqualTo(STEP);
        log.copyAhead();
        assertThat(backlog.size()).as("copied while there is time").isEqualTo(2 * STEP);

        long decoded = 0;
        while (backlog.poll() != null) {
          decoded++;
          log.keepUpDecoding();
        }
        log.keepUp();
        assertThat(log.isFarBehind()).isFalse();
        assertThat(counters.oldestMicros(later)).isEqualTo(later);
        assertThat(decoded).isEqualTo(TRANSACTIONS);
      }
    }
  }

  @Test
  void copiesAllThatFitsWhileNoneOfItIsDecoded() throws Exception {
    try (TestDatabase database = TestDatabase.create(PAGE, "UTF-8");
        Connection app = database.open()) {
      TestDatabase.execute(app, "CREATE TABLE t(v)", "PRAGMA wal_autocheckpoint = 0");
      try (Attachment attachment = Attachment.open(database.path());
          Guard guard = guard(GuardMode.ALWAYS, attachment);
          Backlog backlog = backlog(attachment)) {
        guard.takeOver();
        LogFollower log = follow(attachment, guard, backlog);
        log.keepUp();
        write(app);
        log.keepUpDecoding();
        assertThat(backlog.size()).isEqualTo(STEP);

        // Rows of a bootstrap are emitted, or a transaction that takes long is decoded.
        log.decoding(1000);
        for (int i = 0; i < TRANSACTIONS && log.hasNews(); i++) {
          log.keepUp();
        }
        assertThat(backlog.size()).isEqualTo(TRANSACTIONS);
      }
    }
  }

  @Test
  void copiesAllThatFitsWhileNothingHoldsTheRest() throws Exception {
    try (TestDatabase database = TestDatabase.create(PAGE, "UTF-8");
        Connection app = database.open()) {
      TestDatabase.execute(app, "CREATE TABLE t(v)", "PRAGMA wal_autocheckpoint = 0");
      try (Attachment attachment = Attachment.open(database.path());
          Guard guard = guard(GuardMode.NEVER, attachment);
          Backlog backlog = backlog(attachment)) {
        LogFollower log = follow(attachment, guard, backlog);
        write(app);
        while (log.hasNews()) {
          log.keepUp();
          assertThat(log.isFarBehind()).isFalse();
        }
        assertThat(backlog.size()).isEqualTo(TRANSACTIONS).isGreaterThan(FAR_BEHIND);
      }
    }
  }

  private static void write(Connection app) throws Exception {
    TestDatabase.execute(app, "INSERT INTO t VALUES(0)");
    for (int i = 1; i < TRANSACTIONS; i++) {
      TestDatabase.execute(app, "UPDATE t SET v = v + 1");
    }
  }

  private static Backlog backlog(Attachment attachment) {
    return new Backlog(
        new PageBuffers(PAGE),
        MemoryLimit.of(64L << 20),
        generation -> generation,
        attachment.tail()::position);
  }

  private LogFollower follow(Attachment attachment, Guard guard, Backlog backlog) {
    LogFollower log =
        new LogFollower(
            attachment,
            guard,
            backlog,
            new Epochs(),
            counters,
            new ChangeQueue(1, 1),
            CaptureListener.NONE,
            new CommitsAtRisk(CaptureListener.NONE));
    WalIndexHeader header = new WalIndexHeader();
    assertThat(attachment.index().read(header)).isTrue();
    log.startAt(WalPosition.of(header));
    return log;
  }

  /** One to which time goes by from look to look. */
  private static Guard guard(GuardMode mode, Attachment attachment) {
    AtomicLong clock = new AtomicLong();
    return new Guard(
        mode,
        Long.MAX_VALUE,
        attachment,
        CaptureListener.NONE,
        () -> {},
        () -> clock.addAndGet(10_000_000));
  }
}
