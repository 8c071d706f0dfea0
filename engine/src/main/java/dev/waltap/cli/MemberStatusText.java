// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Position;
import dev.waltap.inspect.CaptureStatus;
import dev.waltap.state.StateLock;
import dev.waltap.text.Plural;
import dev.waltap.text.ValueText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The status of several databases as a table for people. Stateless. */
final class MemberStatusText {
  private static final int WIDEST = 60;

  private MemberStatusText() {}

  /** All lines, each with its LF. */
  static String of(List<MemberStatus> all, Instant now) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"database", "behind", "undelivered for", "saved position", "held by"});
    all.forEach(each -> rows.add(row(each, now)));
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, row[i].length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(String.format(Locale.ROOT, "%-" + widths[i] + "s  ", row[i]));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.append(summary(all)).append('\n').toString();
  }

  private static String[] row(MemberStatus member, Instant now) {
    CaptureStatus status = member.status();
    String name = ValueText.visible(member.name());
    if (status == null) {
      return filled(name, member.exists() ? "not known" : "no state");
    }
    Duration age = status.age(now);
    Position position = status.state().acknowledged();
    StateLock.Holder holder = status.state().holder();
    return new String[] {
      name,
      behind(status),
      age.isZero() ? "" : StatusText.time(age),
      position == null ? "none" : position.toString(),
      holder != null ? holder.process() : parked(status.state().fleet())
    };
  }

  private static String parked(StateLock.@Nullable Holder fleet) {
    return fleet == null ? "nobody" : "parked, " + fleet.process();
  }

  private static String[] filled(String... some) {
    String[] row = Arrays.copyOf(some, 5);
    Arrays.fill(row, some.length, row.length, "");
    return row;
  }

  private static String behind(CaptureStatus status) {
    return switch (status.lag().kind()) {
      case CONTINUES ->
          status.transactions() == 0 ? "nothing" : Plural.of(status.transactions(), "transaction");
      case NO_WAL ->
          status.mayHaveChanged()
              ? "not known"
              : status.transactions() == 0
                  ? "nothing"
                  : Plural.of(status.transactions(), "transaction");
      case REUSED -> "WAL reused: net changes";
      case NO_DATABASE -> "database is not there";
    };
  }

  private static String summary(List<MemberStatus> all) {
    long unknown = all.stream().filter(each -> each.status() == null).count();
    long held = 0;
    long parked = 0;
    for (MemberStatus each : all) {
      CaptureStatus status = each.status();
      boolean isHeld = status != null && status.state().holder() != null;
      held += isHeld ? 1 : 0;
      parked += status != null && !isHeld && status.state().fleet() != null ? 1 : 0;
    }
    return Plural.of(all.size(), "database")
        + "; open in a capture: "
        + held
        + (parked == 0 ? "" : "; parked: " + parked)
        + (unknown == 0 ? "" : "; without a known status: " + unknown);
  }
}
