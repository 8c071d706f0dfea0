// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a state holds, for people.
 *
 * @param directory where it is
 * @param database whose it is
 * @param created when its baseline was taken
 * @param acknowledged the saved position; null until the first bootstrap was delivered whole
 * @param base the transaction as of which the page table is
 * @param end the last transaction in the journal, {@code base} if it is empty
 * @param pages pages in the page table
 * @param pageSize their size in bytes
 * @param journalEntries transactions in the journal, not compacted yet
 * @param journalBytes what they take on disk
 * @param fileBytes what the whole state takes on disk
 * @param holder who holds it; null for nobody
 */
public record StateStatus(
    Path directory,
    DatabaseIdentity database,
    Instant created,
    @Nullable Position acknowledged,
    LogPosition base,
    LogPosition end,
    long pages,
    int pageSize,
    long journalEntries,
    long journalBytes,
    long fileBytes,
    @Nullable Holder holder) {}
