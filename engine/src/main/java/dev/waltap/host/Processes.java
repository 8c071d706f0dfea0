// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who a process is. */
public final class Processes {

  private Processes() {}

  /** This process. */
  public static long self() {
    return ProcessHandle.current().pid();
  }

  /** Which start of the computer this is; empty where the system does not say. */
  public static String bootId() {
    return Boot.ID;
  }

  /** Read once, when it is asked for. */
  private static final class Boot {
    static final String ID = ProcFile.text("/proc/sys/kernel/random/boot_id").strip();
  }

  /** The process for people: {@code process 1234 (python3)}. */
  public static String describe(long process) {
    List<String> name = ProcFile.lines("/proc/" + process + "/comm");
    return "process " + process + (name.isEmpty() ? "" : " (" + name.get(0) + ")");
  }

  /**
   * The user that a process acts as.
   *
   * @param user effective user
   * @param group effective group
   * @param groups all groups, the effective one among them
   * @param canChown whether it may give files away to any user
   */
  public record Credentials(long user, long group, Set<Long> groups, boolean canChown) {

    private static final int CAP_CHOWN = 1;

    /** This process's, which no Java program can change; null where the system does not say. */
    public static @org.jspecify.annotations.Nullable Credentials ofSelf() {
      return Self.CREDENTIALS;
    }

    /** Read once, when it is asked for. */
    private static final class Self {
      static final @org.jspecify.annotations.Nullable Credentials CREDENTIALS =
          parse(ProcFile.lines("/proc/self/status"));
    }

    static @org.jspecify.annotations.Nullable Credentials parse(List<String> lines) {
      String[] users = values(lines, "Uid:");
      String[] groups = values(lines, "Gid:");
      String[] capabilities = values(lines, "CapEff:");
      // Real, effective, saved, and for files.
      if (users.length < 4 || groups.length < 4 || capabilities.length < 1) {
        return null;
      }
      Set<Long> all =
          List.of(values(lines, "Groups:")).stream()
              .map(Long::parseLong)
              .collect(Collectors.toCollection(TreeSet::new));
      all.add(Long.parseLong(groups[1]));
      long effective = Long.parseUnsignedLong(capabilities[0], 16);
      return new Credentials(
          Long.parseLong(users[1]),
          Long.parseLong(groups[1]),
          Set.copyOf(all),
          (effective & CAP_CHOWN) != 0);
    }

    private static String[] values(List<String> lines, String name) {
      for (String line : lines) {
        if (line.startsWith(name)) {
          String value = line.substring(name.length()).trim();
          return value.isEmpty() ? new String[0] : value.split("\\s+");
        }
      }
      return new String[0];
    }
  }
}
