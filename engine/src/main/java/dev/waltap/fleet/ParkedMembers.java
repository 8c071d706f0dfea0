// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureMode;
import dev.waltap.io.FileNames;
import dev.waltap.state.ParkedFile;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in the states of members what they looked like when they were parked, so that those
 * that still look so need not be opened when the fleet starts again: of thousands, that would take
 * minutes. For the fleet's thread.
 *
 * <p>That is written once a member has been parked for some minutes, or ends: one that is opened
 * again and again costs no file each time. A process that is killed has those opened at the next
 * start that were written to in its last minutes; so has one whose disk is too slow to write all of
 * that at its end.
 *
 * <p>It is exact, as parking itself is: see {@link FileStamp}, {@link ParkedFile} for what else has
 * to be the same, and {@link dev.waltap.api.MemberOutput.Opening#looksAtEach} for outputs that have
 * to be looked at, too. What was warned of is found out again; so is what could be warned of where
 * a member was closed before it had looked at the processes around it.
 */
final class ParkedMembers {
  /** How long a member has to stay parked for that to be written before it ends. */
  static final long NOTE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** So many are written in a row, which takes some milliseconds. */
  private static final int AT_ONCE = 16;

  /** How long the end of all may take to write what is left: whoever asks for it kills soon. */
  static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** So long it is written at the end until captures that are closed have their turn. */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final FleetOptions options;
  private final CaptureMode mode;
  private final LongSupplier nanoClock;

  /** What is to be written, by how long it has been true, the longest first. */
  private final Map<Member, Note> notes = new LinkedHashMap<>();

  /** Of members that have ended, each of which was as it was noted: to be written now. */
  private final Map<Member, Note> last = new LinkedHashMap<>();

  /** When the rest is left, once all end. */
  private long lastBy;

  private record Note(StateDirectory directory, String content, long nanos) {}

  ParkedMembers(FleetOptions options, CaptureMode mode) {
    this(options, mode, System::nanoTime);
  }

  ParkedMembers(FleetOptions options, CaptureMode mode, LongSupplier nanoClock) {
    this.options = options;
    this.mode = mode;
    this.nanoClock = nanoClock;
  }

  /** Notes what a member looked like that was parked; that it can't be noted is no failure. */
  void note(Member member, FileStamp stamp) {
    forget(member);
    Path state = member.stateDirectory();
    String selection = member.selection;
    if (state == null || selection == null || !member.surveyed || !member.warned.isEmpty()) {
      return;
    }
    try {
      StateDirectory directory = StateDirectory.at(state);
      String content = ParkedFile.content(directory, sameAs(member, stamp, selection));
      if (content != null) {
        notes.put(member, new Note(directory, content, System.nanoTime()));
      }
    } catch (IOException e) {
      failed(member, String.valueOf(e.getMessage()));
    }
  }

  /** A member is not as it was noted any more. */
  void forget(Member member) {
    notes.remove(member);
  }

  /** A member ends: what was noted of it, if it is as it was, is due. */
  void ended(Member member) {
    Note note = notes.remove(member);
    if (note != null) {
      last.put(member, note);
    }
  }

  /** Writes what is due. */
  void writeDue(long now) {
    for (int i = 0; i < AT_ONCE; i++) {
      Map.Entry<Member, Note> oldest = first(last.isEmpty() ? notes : last);
      if (oldest == null || (last.isEmpty() && now - oldest.getValue().nanos < NOTE_NANOS)) {
        return;
      }
      write(oldest.getKey(), oldest.getValue());
    }
  }

  /** All end: {@link #writeLast} is called from now on, for {@link #LAST_NANOS}. */
  void beginEnd() {
    lastBy = nanoClock.getAsLong() + LAST_NANOS;
  }

  /** Whether more is to be written of members that have ended. */
  boolean isWriting() {
    return !last.isEmpty();
  }

  /** Writes some of what is left at the end; once there is no time left, leaves the rest. */
  void writeLast() {
    long begun = nanoClock.getAsLong();
    long now = begun;
    while (!last.isEmpty() && now - lastBy < 0 && now - begun < TURN_NANOS) {
      Map.Entry<Member, Note> next = first(last);
      if (next != null) {
        write(next.getKey(), next.getValue());
      }
      now = nanoClock.getAsLong();
    }
    if (now - lastBy >= 0) {
      List<Member> left = List.copyOf(last.keySet());
      last.clear();
      left.forEach(member -> failed(member, "there was no time left to write what it looked like"));
    }
  }

  private static Map.@Nullable Entry<Member, Note> first(Map<Member, Note> of) {
    return of.isEmpty() ? null : of.entrySet().iterator().next();
  }

  private void write(Member member, Note note) {
    notes.remove(member);
    last.remove(member);
    try {
      ParkedFile.write(note.directory, note.content);
    } catch (IOException e) {
      failed(member, String.valueOf(e.getMessage()));
    }
  }

  private void failed(Member member, String why) {
    options.listener().detail(member, "is opened at the next start: " + why);
  }

  /**
   * What a member looks like, if that is how it was parked; else null: it has to be opened. Of one
   * that was parked, it is noted what for.
   */
  @Nullable FileStamp find(Member member) {
    if (member.stateDirectory() == null || options.outputs().looksAtEach()) {
      return null;
    }
    FileStamp stamp = FileStamp.of(member.real());
    String selection = stamp.database().exists() ? options.captures().selection(member) : null;
    if (selection == null || !isWritten(member, stamp, selection)) {
      return null;
    }
    member.saved = selection;
    member.surveyed = true; // By that process.
    return stamp;
  }

  /** Whether it was noted, and written, that a member looked like this when it was parked. */
  boolean isWritten(Member member, FileStamp stamp, String selection) {
    Path state = member.stateDirectory();
    return state != null
        && ParkedFile.isOf(StateDirectory.at(state), sameAs(member, stamp, selection));
  }

  /** All that has to be the same for it to need no opening. */
  private String sameAs(Member member, FileStamp stamp, String selection) {
    return String.join("\n", FileNames.text(member.real()), mode.name(), selection, stamp.text());
  }
}
