package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.format.CorruptDatabaseException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  private static final Path DATABASE = Path.of("app.db");

  @Test
  void saysWhatToDoAboutATruncationToldTooLate() {
    InternalError late =
        new InternalError(
            "a fault occurred in a recent unsafe memory access operation in compiled Java code");
    CaptureException failed = Refusals.failed(DATABASE, late);
    assertThat(failed)
        .hasCause(late)
        .hasMessageContainingAll("app.db", "truncated", "-Dwaltap.mapWal=false");
  }

  @Test
  void leavesOtherErrorsTheirWords() {
    assertThat(Refusals.failed(DATABASE, new CorruptDatabaseException("page 7")))
        .hasMessage("app.db: page 7");
    assertThat(Refusals.failed(DATABASE, new InternalError("other")))
        .hasMessage("app.db: an error inside the capture: java.lang.InternalError: other");
  }
}
