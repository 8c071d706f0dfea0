// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.FrameHeader;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.FileNames;
import dev.waltap.wal.SnapshotFrameIndex;
import org.jspecify.annotations.Nullable;

/** Finds single pages and frames. For one thread. */
final class PageImages {
  private final DatabaseFile file;
  private final int pageSize;
  private final @Nullable InspectedLog log;

  PageImages(DatabaseFile file, int pageSize, @Nullable InspectedLog log) {
    this.file = file;
    this.pageSize = pageSize;
    this.log = log;
  }

  PageImage page(int number) {
    InspectedLog present = log;
    int size = (int) (file.size() / pageSize);
    if (present != null && present.committed() > 0) {
      SnapshotFrameIndex index =
          SnapshotFrameIndex.index(present.wal(), present.range(), 0, present.committed());
      size = index.databaseSize();
      if (number <= size && index.frameOf(number) != 0) {
        return frame(index.frameOf(number));
      }
    }
    byte[] page = new byte[pageSize];
    long offset = (number - 1L) * pageSize;
    if (number > size || file.read(offset, page, 0, pageSize) < pageSize) {
      throw new CaptureException(
          Reason.REFUSED, file + ": has no page " + number + ": give one from 1 to " + size);
    }
    return image(file.toString(), offset, 0, new byte[0], number, page);
  }

  PageImage frame(int number) {
    InspectedLog present = log;
    byte[] header = new byte[FrameHeader.SIZE];
    byte[] page = new byte[pageSize];
    if (present == null || present.wal().capacity() == 0) {
      throw none(number, "it is missing or empty, so look at a page instead, as --hex page 1");
    }
    if (!present.wal().frameHeader(number, header) || !present.wal().page(number, page)) {
      throw none(number, "give one from 1 to " + present.wal().capacity());
    }
    return image(
        FileNames.text(present.wal().path()),
        FrameHeader.offset(number, pageSize),
        number,
        header,
        FrameHeader.pageNumber(header),
        page);
  }

  private CaptureException none(int frame, String advice) {
    return new CaptureException(
        Reason.REFUSED,
        FileNames.text(FileNames.beside(file.path(), "-wal"))
            + ": has no frame "
            + frame
            + ": "
            + advice);
  }

  private PageImage image(
      String source, long offset, int frame, byte[] header, int number, byte[] page) {
    boolean committed = frame == 0 || (log != null && frame <= log.committed());
    PageLabels.Label label = committed ? label(number) : new PageLabels.Label("", "", "");
    return new PageImage(
        source,
        offset,
        frame,
        committed,
        header,
        number,
        page,
        label.owner(),
        label.kind(),
        DatabaseHeader.parse(committed && number == 1 ? page : first()));
  }

  private byte[] first() {
    byte[] first = new byte[pageSize];
    if (log == null || log.committed() == 0) {
      file.read(0, first, 0, pageSize);
    } else {
      InspectedPages.snapshot(file, log, pageSize, log.committed()).copy(1, first);
    }
    return first;
  }

  /** Whose the page is as of the last commit. */
  private PageLabels.Label label(int number) {
    InspectedLog present = log;
    if (present == null) {
      return new PageLabels.Label("", "", "");
    }
    try (InspectedPages pages = new InspectedPages(file, present, pageSize, present.committed())) {
      pages.scan();
      PageLabels.Label label = pages.label(number);
      present.requireUnmoved();
      return label;
    }
  }
}
