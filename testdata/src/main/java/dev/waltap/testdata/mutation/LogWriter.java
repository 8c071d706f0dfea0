// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Writes a WAL and its wal-index as SQLite does, until it damages one of them. Both files are whole
 * before anybody reads them. For one thread.
 */
final class LogWriter {
  private final RecordedDatabase base;
  private final Random random;
  private final Mutation mutation;
  private final FileBytes walFile;
  private final FileBytes shmFile;
  private final int pageSize;
  private byte[] wal;
  private byte[] header = new byte[WalIndexHeader.SIZE];
  private int salt;
  private int published;
  private int changeCounter;
  private int length;
  private boolean damaged;

  /** A log of which some transactions are published. */
  LogWriter(RecordedDatabase base, Random random, FileBytes walFile, FileBytes shmFile)
      throws IOException {
    this.base = base;
    this.random = random;
    this.mutation = new Mutation(random);
    this.walFile = walFile;
    this.shmFile = shmFile;
    this.pageSize = base.pageSize();
    this.salt = random.nextInt(1 << 20);
    this.wal = Log.of(base.transactions(), pageSize, salt);
    this.changeCounter = random.nextInt(100);
    this.length = wal.length;
    walFile.set(wal, length);
    shmFile.put(2 * WalIndexHeader.SIZE, new byte[40]);
    publish(random.nextInt(3));
  }

  /** What the file holds. */
  byte[] wal() {
    return wal;
  }

  /** How much of that. */
  int length() {
    return length;
  }

  /** Whether anything is not as SQLite writes it. */
  boolean isDamaged() {
    return damaged;
  }

  /** The position of who has read all that is published. */
  WalPosition position() {
    WalIndexHeader read = new WalIndexHeader();
    read.load(header, 0);
    return WalPosition.of(read);
  }

  /** Does the next thing. */
  void step() throws IOException {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> publish(1 + random.nextInt(2));
      case 3, 4, 5 -> damageFrames();
      case 6, 7 -> damageIndex();
      case 8 -> damageCheckpointInfo();
      case 9 -> cut();
      default -> restart();
    }
  }

  /** Publishes transactions more. */
  private void publish(int transactions) throws IOException {
    int frames = Log.frames(wal, pageSize);
    for (int left = transactions; left > 0 && published < frames; left--) {
      do {
        published++;
      } while (published < frames && Log.commitSize(wal, pageSize, published) == 0);
      changeCounter++;
    }
    writeIndex(Log.index(wal, pageSize, published, changeCounter));
  }

  private void writeIndex(byte[] bytes) throws IOException {
    header = bytes;
    shmFile.put(WalIndexHeader.SIZE, header);
    shmFile.put(0, header);
  }

  /** Damages headers of frames, pages, or the header of the file; mostly with right checksums. */
  private void damageFrames() throws IOException {
    damaged = true;
    for (int i = random.nextInt(3); i >= 0; i--) {
      if (random.nextInt(4) == 0) {
        mutation.damage(wal, base.versions().get(0));
      } else {
        int frame = 1 + random.nextInt(Log.frames(wal, pageSize));
        int size = random.nextInt(4) == 0 ? FrameHeader.SIZE + pageSize : FrameHeader.SIZE;
        mutation.damage(wal, (int) FrameHeader.offset(frame, pageSize), size, wal);
      }
    }
    if (random.nextInt(4) == 0) {
      int frame = 1 + random.nextInt(Log.frames(wal, pageSize));
      int at = (int) FrameHeader.offset(frame, pageSize);
      Arrays.fill(wal, at + 8, at + FrameHeader.SIZE, (byte) 0); // A bare frame.
    } else if (random.nextInt(3) > 0) {
      Log.seal(wal, pageSize);
    }
    walFile.set(wal, length);
    publish(random.nextInt(3));
  }

  private void damageIndex() throws IOException {
    damaged = true;
    byte[] damagedHeader = header.clone();
    mutation.damage(damagedHeader, wal);
    if (random.nextInt(4) > 0) {
      Log.sealIndex(damagedHeader);
    }
    header = damagedHeader;
    shmFile.put(0, header);
    if (random.nextInt(8) > 0) {
      shmFile.put(WalIndexHeader.SIZE, header);
    }
  }

  private void damageCheckpointInfo() throws IOException {
    byte[] info = new byte[40];
    random.nextBytes(info);
    mutation.damage(info, wal);
    shmFile.put(2 * WalIndexHeader.SIZE, info);
  }

  /** Cuts the file, or makes it longer. */
  private void cut() throws IOException {
    damaged = true;
    length = random.nextInt(wal.length + 1);
    walFile.set(wal, length);
    if (random.nextBoolean()) {
      length = wal.length;
      walFile.set(wal, length);
    }
  }

  /** Begins the next generation over the old one's frames. */
  private void restart() throws IOException {
    List<RecordedDatabase.Written> transactions = base.transactions();
    int count = 1 + random.nextInt(transactions.size());
    boolean inOrder = random.nextInt(3) > 0;
    damaged = true; // What was never published of the old generation is in the file, too.
    salt += inOrder ? 1 : random.nextInt(5);
    byte[] next = Log.of(transactions.subList(0, count), pageSize, salt);
    System.arraycopy(next, 0, wal, 0, Math.min(next.length, wal.length));
    walFile.set(wal, length);
    published = 0;
    publish(random.nextInt(count + 1));
    if (random.nextInt(4) == 0) {
      changeCounter += random.nextInt(7) - 3;
      publish(0);
    }
  }

  /** How many frames the file can hold. */
  int frames() {
    return Math.max(0, length - WalHeader.SIZE) / (FrameHeader.SIZE + pageSize);
  }
}
