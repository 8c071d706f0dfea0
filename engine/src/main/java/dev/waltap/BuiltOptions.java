// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.api.WakeSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The options that a {@link CaptureBuilder} was given. */
record BuiltOptions(
    Path database,
    List<String> tables,
    List<String> excludeTables,
    List<String> excludeColumns,
    ChangesHandler handler,
    int batchSize,
    @Nullable Path stateDirectory,
    GapPolicy onGap,
    GuardMode guard,
    long walLimit,
    Supplier<WakeSignal> wakeSignal,
    boolean schemaEvents,
    boolean rebootstrap,
    boolean once,
    int queueChanges,
    long queueBytes,
    long pageSetMemory,
    StateLag stateLag,
    Duration flushInterval,
    CaptureListener listener,
    @Nullable String sourceName)
    implements CaptureOptions {}
