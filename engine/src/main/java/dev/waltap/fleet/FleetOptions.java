// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.FleetListener;
import dev.waltap.api.MemberOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet was built with.
 *
 * @param sources where databases are looked for
 * @param stateRoot below which each has its state; null for {@code DB-waltap} where there is one
 * @param noState whether none has any
 * @param maxOpen most captures that are open at once
 * @param idleAfter how long nothing must pass until a member is parked
 * @param once whether it ends when all have caught up
 * @param outputs open a member's output
 * @param shared says of a handler's failure whether it ends all of them
 * @param ours says of a file whether it is an output, and no database therefore
 * @param captures make a member's capture
 */
public record FleetOptions(
    List<DatabaseSource> sources,
    @Nullable Path stateRoot,
    boolean noState,
    int maxOpen,
    Duration idleAfter,
    boolean once,
    MemberOutput.Opening outputs,
    Predicate<Throwable> shared,
    Predicate<Path> ours,
    CaptureFactory captures,
    FleetListener listener) {}
