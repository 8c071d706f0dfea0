// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.FleetMember;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The members there are, by their real paths. Changed by the fleet's thread; looked at from any.
 */
final class MemberSet {
  private static final String WAL = "-wal";

  private final Map<Path, Member> members = new ConcurrentHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Set<Path> named = new HashSet<>();
  private final KeptCaptures kept =
      new KeptCaptures(Runtime.getRuntime().maxMemory() / 5, member -> member.kept = null);

  /** Adds a database under a name that no other member has. */
  Member add(FoundDatabase found, boolean appeared, long now) {
    String name = names.add(found.shortName()) ? found.shortName() : found.longName();
    names.add(name);
    Member member = new Member(found, name, appeared, now);
    members.put(found.real(), member);
    if (found.isAwaited()) {
      named.add(found.file());
    }
    return member;
  }

  void remove(Member member) {
    kept.put(member, 0);
    members.remove(member.real());
    names.remove(member.name());
  }

  /** A run of this one has ended, and may have left what the next can go on from. */
  void ran(Member member) {
    Kept left = member.kept;
    kept.put(member, left == null ? 0 : left.capture().bytes());
  }

  /** Removes one that may be added again under the same name. */
  void unlist(Member member) {
    remove(member);
    named.remove(member.found().file());
  }

  /** Whether it is one of them; one that was named may have led elsewhere before. */
  boolean has(FoundDatabase found) {
    return members.containsKey(found.real()) || (found.isAwaited() && named.contains(found.file()));
  }

  /** The member whose database or WAL this is; null for none. */
  @Nullable Member of(Path file) {
    Member member = members.get(file);
    if (member != null) {
      return member;
    }
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    return name.endsWith(WAL)
        ? members.get(file.resolveSibling(name.substring(0, name.length() - WAL.length())))
        : null;
  }

  List<Member> all() {
    return new ArrayList<>(members.values());
  }

  /** All, those before that have a capture: what these do at their end takes the longest. */
  List<Member> openFirst() {
    List<Member> list = all();
    list.sort(Comparator.comparing(member -> !member.state().isOpen()));
    return list;
  }

  List<FleetMember> sorted() {
    List<FleetMember> list = new ArrayList<>(members.values());
    list.sort((a, b) -> a.name().compareTo(b.name()));
    return list;
  }

  int size() {
    return members.size();
  }

  /** Why not all of them can be captured; null if they can. */
  @Nullable String roomProblem(int maxOpen) {
    int without = 0;
    for (Member member : members.values()) {
      without += member.stateDirectory() == null ? 1 : 0;
    }
    return OpenLimit.problem(members.size(), without, maxOpen);
  }
}
