// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.FleetListener;
import dev.waltap.io.FileNames;
import java.nio.file.Path;

/** What the capture of a member says, for the fleet's listener. Progress is not for many. */
record MemberListener(Member member, FleetListener listener, Runnable whenReady)
    implements CaptureListener {

  /** Says that its state is gone, so that all its rows are read again. */
  static void stateLost(Member member, Path state, FleetListener listener) {
    new MemberListener(member, listener, () -> {})
        .warning(
            "its state in "
                + FileNames.text(state)
                + " was removed, so that what changed since then is not known: beginning again"
                + " with all its rows; remove states by 'waltap teardown', while no capture runs");
  }

  @Override
  public void ready() {
    whenReady.run();
  }

  @Override
  public void warning(String message) {
    if (message.equals(member.warned)) {
      listener.detail(member, message);
      return;
    }
    member.warned = message;
    listener.warning(member, message);
  }

  /** One that was parked continues like this again and again: said once, it is known. */
  @Override
  public void note(String message) {
    if (member.parked) {
      listener.detail(member, message);
    } else {
      listener.note(member, message);
    }
  }

  @Override
  public void detail(String message) {
    listener.detail(member, message);
  }
}
