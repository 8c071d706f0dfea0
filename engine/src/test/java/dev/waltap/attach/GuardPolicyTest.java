// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static dev.waltap.attach.GuardPolicy.Decision.HAND_OVER;
import static dev.waltap.attach.GuardPolicy.Decision.HOLD;
import static dev.waltap.attach.GuardPolicy.Decision.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.GuardMode;
import dev.waltap.attach.GuardPolicy.Decision;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.WalIndexHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a read transaction is held, by wal-indexes made up for it. */
class GuardPolicyTest {
  private static final int LIMIT = 10_000;

  private int salt = 1;
  private int mxFrame;
  private int backfilled;
  private int attempted;
  private int unread;
  private boolean full;
  private int mark = -1;
  private long now = TimeUnit.HOURS.toNanos(1);

  private Decision decide(GuardPolicy policy) {
    ByteBuffer header = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
    header.putInt(8, 100_000 * salt + mxFrame).putInt(16, mxFrame).putInt(32, salt);
    ByteBuffer checkpoint = ByteBuffer.allocate(40).order(ByteOrder.nativeOrder());
    checkpoint.putInt(0, backfilled).putInt(32, attempted);
    WalIndexHeader index = new WalIndexHeader();
    index.load(header.array(), 0);
    CheckpointInfo info = new CheckpointInfo();
    info.load(checkpoint.array(), 0);
    return policy.decide(index, info, unread, full, mark, now);
  }

  /** A generation of this length that lasts this long, seen at its beginning and end. */
  private void generation(GuardPolicy policy, int length, long millis) {
    salt++;
    mxFrame = 1;
    decide(policy);
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    mxFrame = length;
    decide(policy);
  }

  private void next(int frames) {
    salt++;
    mxFrame = frames;
    backfilled = 0;
    attempted = 0;
  }

  private static GuardPolicy adaptive() {
    return new GuardPolicy(GuardMode.ADAPTIVE, LIMIT, 5000);
  }

  @Test
  void holdsNothingWhileItKeepsUpAndGenerationsAreLong() {
    GuardPolicy policy = adaptive();
    generation(policy, 1000, 2000);
    next(100);
    unread = 3;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void holdsEarlyInShortGenerationsAndLetsGoBeforeTheirEnd() {
    GuardPolicy policy = adaptive();
    generation(policy, 1000, 20);
    generation(policy, 1000, 20);
    next(100);
    assertThat(decide(policy)).isEqualTo(HOLD);
    mark = 100;
    mxFrame = 874;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mxFrame = 875;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void holdsAsSoonAsALogFillsFastThatWasQuietForLong() {
    GuardPolicy policy = adaptive();
    mxFrame = 10;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    now += TimeUnit.HOURS.toNanos(1);
    mxFrame = 12;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    now += TimeUnit.MILLISECONDS.toNanos(1);
    mxFrame = 22;
    assertThat(decide(policy)).isEqualTo(HOLD);
    now += TimeUnit.MILLISECONDS.toNanos(10);
    mxFrame = 42;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void learnsWhereThisApplicationRestarts() {
    GuardPolicy policy = adaptive();
    assertThat(policy.length()).isEqualTo(1000);
    generation(policy, 400, 2000);
    generation(policy, 400, 2000);
    assertThat(policy.length()).isEqualTo(400);
    next(180);
    unread = 30;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mxFrame = 350;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void learnsNothingFromAGenerationOfWhichItSawTheBeginningOnly() {
    GuardPolicy policy = adaptive();
    generation(policy, 1000, 20);
    next(1);
    decide(policy);
    now += TimeUnit.MILLISECONDS.toNanos(100);
    next(100);
    unread = 70;
    assertThat(decide(policy)).isEqualTo(HOLD);
    assertThat(policy.length()).isEqualTo(1000);
  }

  @Test
  void leavesApplicationsAloneThatCheckpointAllTheTime() {
    GuardPolicy policy = adaptive();
    for (int i = 0; i < 10; i++) {
      generation(policy, 5, 1);
    }
    next(1);
    unread = 1;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void assumesNoLengthThatANewLogHasNotShown() {
    GuardPolicy policy = new GuardPolicy(GuardMode.ADAPTIVE, LIMIT, 0);
    for (int i = 0; i < 90; i++) {
      mxFrame += 10;
      now += TimeUnit.MILLISECONDS.toNanos(1);
      unread = 100;
      assertThat(decide(policy)).isEqualTo(RELEASE);
    }
    unread = 200; // It has grown this long by itself, so a read transaction changes little.
    assertThat(decide(policy)).isEqualTo(HOLD);
  }

  @Test
  void assumesNoLengthThatTheLogsFileNeverHad() {
    GuardPolicy policy = new GuardPolicy(GuardMode.ADAPTIVE, LIMIT, 110);
    mxFrame = 10;
    unread = 9;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    now += TimeUnit.MILLISECONDS.toNanos(1);
    mxFrame = 60;
    unread = 50;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    assertThat(policy.length()).isEqualTo(110);
  }

  @Test
  void learnsFromTheFirstCheckpointThatItSees() {
    GuardPolicy policy = adaptive();
    mxFrame = 5;
    decide(policy);
    mxFrame = 12;
    attempted = 11;
    backfilled = 11;
    now += TimeUnit.MICROSECONDS.toNanos(100);
    decide(policy);
    assertThat(policy.length()).isEqualTo(12);
    next(8);
    unread = 8;
    now += TimeUnit.MILLISECONDS.toNanos(1);
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void learnsNoLengthThatItsOwnReadTransactionMade() {
    GuardPolicy policy = adaptive();
    generation(policy, 400, 20);
    generation(policy, 400, 20);
    next(100);
    assertThat(decide(policy)).isEqualTo(HOLD);
    mark = 100;
    now += TimeUnit.MILLISECONDS.toNanos(20);
    mxFrame = 900;
    decide(policy);
    mark = -1;
    next(1);
    decide(policy);
    assertThat(policy.length()).isEqualTo(400);
  }

  @Test
  void learnsNoLengthThatASnapshotMade() {
    GuardPolicy policy = adaptive();
    for (int i = 0; i < 10; i++) {
      generation(policy, 50, 1);
    }
    for (int i = 0; i < 10; i++) {
      next(1);
      decide(policy);
      now += TimeUnit.MILLISECONDS.toNanos(100);
      policy.snapshotRead();
      mxFrame = 2000;
      decide(policy);
    }
    next(1);
    unread = 1;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    assertThat(policy.length()).isEqualTo(50);
  }

  @Test
  void learnsALengthThatGrewWithoutASnapshot() {
    GuardPolicy policy = adaptive();
    generation(policy, 50, 1);
    policy.snapshotRead();
    generation(policy, 40, 1);
    for (int i = 0; i < 10; i++) {
      generation(policy, 1000, 2000);
    }
    next(1);
    decide(policy);
    assertThat(policy.length()).isGreaterThan(900);
  }

  @Test
  void letsGoForACheckpointUntilTheNextGeneration() {
    GuardPolicy policy = adaptive();
    mxFrame = 300;
    unread = 100;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mark = 300;
    attempted = 300;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    mark = -1;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    next(100);
    assertThat(decide(policy)).isEqualTo(HOLD);
  }

  /** A TRUNCATE may be waiting for it, and keep the writers waiting. */
  @Test
  void letsGoWhenNothingIsCommittedThoughGenerationsAreShort() {
    GuardPolicy policy = adaptive();
    generation(policy, 1000, 20);
    generation(policy, 1000, 20);
    next(100);
    mxFrame++;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mark = 100;
    now += GuardPolicy.QUIET_NANOS - 1;
    assertThat(decide(policy)).isEqualTo(HOLD);
    now++;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    unread = 200;
    assertThat(decide(policy)).isEqualTo(HOLD);
    unread = 0;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    mxFrame++;
    assertThat(decide(policy)).isEqualTo(HOLD);
  }

  @Test
  void holdsOnWhenTrulyBehindUpToTheLimit() {
    GuardPolicy policy = adaptive();
    mxFrame = 3000;
    full = true;
    mark = 2000;
    assertThat(decide(policy)).isEqualTo(HOLD);
    attempted = 2000;
    backfilled = 2000;
    assertThat(decide(policy)).isEqualTo(HOLD);
    full = false;
    unread = 900;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mxFrame = LIMIT;
    assertThat(decide(policy)).isEqualTo(RELEASE);
    assertThat(policy.isOverLimit()).isTrue();
    next(700);
    mark = -1;
    assertThat(decide(policy)).isEqualTo(HOLD);
  }

  @Test
  void alwaysHandsOverWhatIsCopied() {
    GuardPolicy policy = new GuardPolicy(GuardMode.ALWAYS, LIMIT, 5000);
    mxFrame = 100;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mark = 100;
    assertThat(decide(policy)).isEqualTo(HOLD);
    mxFrame = 110;
    unread = 10;
    assertThat(decide(policy)).isEqualTo(HOLD);
    unread = 0;
    assertThat(decide(policy)).isEqualTo(HAND_OVER);
    mark = 110;
    assertThat(decide(policy)).isEqualTo(HOLD);
    backfilled = 110; // Now lock 0 lets the application restart.
    assertThat(decide(policy)).isEqualTo(HAND_OVER);
    mark = 0;
    assertThat(decide(policy)).isEqualTo(HOLD);
    next(5);
    assertThat(decide(policy)).isEqualTo(HAND_OVER);
    mxFrame = LIMIT;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }

  @Test
  void neverHolds() {
    GuardPolicy policy = new GuardPolicy(GuardMode.NEVER, LIMIT, 5000);
    mxFrame = 100;
    unread = 100;
    full = true;
    assertThat(decide(policy)).isEqualTo(RELEASE);
  }
}
